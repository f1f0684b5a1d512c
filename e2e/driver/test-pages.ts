/**
 * The pages that only tests have (renderer/testing, renderer/diff/testing), built in memory and served on loopback. A
 * run of vitest builds them once for all its files, when the first of them asks (see `setup`).
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from "node:http";
import path from "node:path";
import { Worker } from "node:worker_threads";

/** In renderer/. */
const PAGES = { harness: "testing/harness.html", panes: "diff/testing/panes.html" } as const;
/** Where the run's own server is. */
const ADDRESS = "ORIEL_TEST_PAGES";
const MIME: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

type Content = string | Uint8Array;

/** The files of the built pages, by path. */
async function buildPages(): Promise<ReadonlyMap<string, Content>> {
  const worker = new Worker(new URL("./build-pages.ts", import.meta.url), {
    // Under vitest's own, vite would take React's development build.
    env: { ...process.env, NODE_ENV: "production" },
    workerData: PAGES,
  });
  const [files] = await once(worker, "message");
  return files;
}

/** What has the content of a file by its path; null where there is no such file. */
type Read = (pathname: string) => Promise<Content | null>;

function readOwnBuild(): Read {
  let files: ReturnType<typeof buildPages> | undefined;
  return async (pathname) => (await (files ??= buildPages())).get(pathname) ?? null;
}

function readRunsBuild(address: string): Read {
  const fetched = new Map<string, Promise<Content | null>>();
  const fetchFile = async (pathname: string): Promise<Content | null> => {
    const response = await fetch(`${address}${pathname}`);
    if (response.status >= 500) throw new Error(await response.text());
    return response.ok ? response.bytes() : null;
  };
  return (pathname) => {
    const content = fetched.get(pathname) ?? fetchFile(pathname);
    fetched.set(pathname, content);
    return content;
  };
}

interface Serving extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
}

async function serve(read: Read, headers: (port: number) => OutgoingHttpHeaders): Promise<Serving> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? "/", "http://pages");
    const content = await read(pathname);
    const type = MIME[path.extname(pathname)] ?? "application/octet-stream";
    if (content === null) response.writeHead(404).end();
    else response.writeHead(200, { ...headers(port), "content-type": type }).end(content);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  const { port } = address;
  return {
    server,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export interface TestPages extends Serving {
  readonly harness: string;
  readonly panes: string;
}

/** Serves the pages, each response with these headers. `harness` and `panes` are their addresses. */
export async function serveTestPages(
  headers: (port: number) => OutgoingHttpHeaders = () => ({}),
): Promise<TestPages> {
  const run = process.env[ADDRESS];
  const serving = await serve(run === undefined ? readOwnBuild() : readRunsBuild(run), headers);
  const origin = `http://127.0.0.1:${serving.port}`;
  return { ...serving, harness: `${origin}/${PAGES.harness}`, panes: `${origin}/${PAGES.panes}` };
}

/** Of a run of vitest, before its workers start; what it gives ends it. */
export async function setup(): Promise<() => Promise<void>> {
  const serving = await serve(readOwnBuild(), () => ({}));
  process.env[ADDRESS] = `http://127.0.0.1:${serving.port}`;
  return async () => serving[Symbol.asyncDispose]();
}
