import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { findProduct, PRODUCTS } from "./catalog.js";
import { quote } from "./quote.js";

/** The shop's HTTP server, not listening yet. */
export function createShop() {
  return createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const answer = await route(request, pathname);
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.body));
  });
}

async function route(request, pathname) {
  const started = Date.now();
  if (request.method === "GET" && pathname === "/products") return { status: 200, body: PRODUCTS };
  if (request.method === "GET" && pathname.startsWith("/products/")) {
    const product = findProduct(pathname.slice("/products/".length));
    return product ? { status: 200, body: product } : { status: 404, body: { error: "no such product" } };
  }
  if (request.method == "POST" && pathname === "/quote") return quoteFor(request);
  return { status: 404, body: { error: "no such page" } };
}

async function quoteFor(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  try {
    const { items, code, country } = JSON.parse(text);
    return { status: 200, body: quote(items, { code, country }) };
  } catch (error) {
    return { status: 400, body: { error: error.message } };
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.env.PORT ?? 8080);
  const host = process.env.HOST ?? "127.0.0.1";
  createShop().listen(port, host, () => console.log(`Corner shop on http://${host}:${port}`));
}
