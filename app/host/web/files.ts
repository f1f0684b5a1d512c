/** The page's files, from one folder and nowhere else. */
import { realpath, readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Files of the build whose names change with their content. */
const IMMUTABLE = /^assets\//;

const NOT_BUILT = "The page has not been built yet. Run `npm run build`, then load this page again.\n";

/** Answers a request for a file of `folder`. Whoever calls has set the headers that every answer has. */
export async function serveFile(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return sendText(response, 405, "Only GET.\n");
  }
  const name = fileName(request.url ?? "");
  if (name === null) return sendText(response, 400, "That is no address of a file.\n");
  const file = await fileIn(folder, name);
  if (file === null) {
    return name === "index.html"
      ? sendText(response, 503, NOT_BUILT)
      : sendText(response, 404, "There is no such file.\n");
  }
  const bytes = await readFile(file);
  response.writeHead(200, {
    "content-type": TYPES[path.extname(name).toLowerCase()] ?? "application/octet-stream",
    "content-length": bytes.length,
    "cache-control": IMMUTABLE.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(text);
}

/** The name of the file, relative and `/`-separated, that an address asks for; null for what no page of ours asks for. */
function fileName(url: string): string | null {
  const [raw = ""] = url.split(/[?#]/, 1);
  if (!raw.startsWith("/")) return null;
  const decoded = decodedOrNull(raw.slice(1));
  if (decoded === null || /[\\\0:]/.test(decoded)) return null;
  if (decoded === "") return "index.html";
  // Also an empty part, which would be the root of the file system, and hidden files.
  return decoded.split("/").some((part) => part === "" || part.startsWith(".")) ? null : decoded;
}

function decodedOrNull(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The real path of a regular file in `folder`, or null; a symlink out of it is no file of it. */
async function fileIn(folder: string, name: string): Promise<string | null> {
  const root = await realpath(folder).catch(() => null);
  const file = root && (await realpath(path.join(root, name)).catch(() => null));
  if (!root || !file?.startsWith(root + path.sep)) return null;
  return (await stat(file)).isFile() ? file : null;
}
