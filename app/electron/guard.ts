/**
 * What a page in the window can't do, whatever it holds: Electron's security checklist, as far as it is not in the
 * window's own options (window.ts) or the packed app's fuses (electron-builder.yml).
 * @see https://www.electronjs.org/docs/latest/tutorial/security
 */
import { app, session, shell } from "electron";
import type { WebContents } from "electron";

/** The one thing that the page is allowed: to put on the clipboard what a person copies. */
const ALLOWED = "clipboard-sanitized-write";

/** Guards every page of this app, also those that are made later. `page` is the origin that the host serves. */
export function guardPages(page: () => string | null): void {
  app.on("web-contents-created", (_event, contents) => guardContents(contents, page));
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl, isMainFrame }) =>
    answer(permission === ALLOWED && isMainFrame && originOf(requestingUrl) === page()),
  );
  own.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === ALLOWED && originOf(origin) === page(),
  );
  own.setDevicePermissionHandler(() => false);
  // The page has nothing to download.
  own.on("will-download", (event) => event.preventDefault());
  // Nothing from elsewhere is loaded, by whatever way it got into the page.
  own.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOwn(details.url, page()) }));
  // The host sends its policy with every page. One without it is not the host's.
  own.webRequest.onHeadersReceived((details, answer) =>
    answer({ cancel: details.resourceType === "mainFrame" && !hasPolicy(details.responseHeaders ?? {}) }),
  );
}

function guardContents(contents: WebContents, page: () => string | null): void {
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    if (originOf(event.url) !== page()) event.preventDefault();
  };
  contents.on("will-navigate", stay);
  contents.on("will-frame-navigate", stay);
  contents.on("will-redirect", stay);
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    const outside = externalUrl(url);
    // A system without a browser refuses. There is nobody to tell but the person, who sees that nothing opened.
    if (outside !== null) shell.openExternal(outside).catch(() => undefined);
    return { action: "deny" };
  });
}

/** The address to hand to the system's browser, or null for what could start something else on this machine. */
export function externalUrl(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return null;
  return parsed.username === "" && parsed.password === "" ? parsed.href : null;
}

const originOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).origin : null);

/** Whether this is of the host (its pages and its sockets), or made by the page itself. */
function isOwn(url: string, page: string | null): boolean {
  if (/^(blob|data|devtools):/.test(url)) return true;
  return page !== null && originOf(url.replace(/^ws:/, "http:")) === page;
}

const hasPolicy = (headers: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === "content-security-policy");
