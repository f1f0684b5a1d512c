/**
 * A model server that follows a script: `/v1/responses` and `/v1/chat/completions` on a loopback port, both streamed,
 * with the faults that real ones have. For tests and benchmarks.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { router } from "./routing.ts";
import type { RecordedRequest, Reply, ReplyFault, Script } from "./script.ts";
import { chatEvents, responsesEvents, type WireEvent } from "./wire.ts";

export interface ModelServerOptions {
  /** Which of the two it knows; the other is a 404 with words of an unknown address. Default: both. */
  readonly wires?: readonly ("responses" | "chat")[];
  readonly port?: number;
}

export interface ScriptedModelServer extends AsyncDisposable {
  /** For `OPENAI_BASE_URL`: `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** All requests so far, in the order in which they came. */
  readonly requests: readonly RecordedRequest[];
  /** Resolves with request number `count` (from 1) once it came. */
  received(count: number): Promise<RecordedRequest>;
  /** Resolves once a reply fell silent by its fault; `count` from 1. */
  silent(count: number): Promise<void>;
}

export async function startModelServer(
  script: Script,
  options: ModelServerOptions = {},
): Promise<ScriptedModelServer> {
  const { wires = ["responses", "chat"], port = 0 } = options;
  const reply = router(script);
  const requests: RecordedRequest[] = [];
  const received = milestones();
  const silent = milestones();
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const wire = wireOf(request.path);
    if (!wire || !wires.includes(wire)) return sendJson(response, 404, {}, unknownAddress(request));
    requests.push(request);
    received.reach();
    const planned = reply(request);
    if (planned.status) return sendJson(response, planned.status, planned.headers ?? {}, planned.body ?? {});
    const events = wire === "responses" ? responsesEvents(planned) : chatEvents(planned);
    await stream(response, events, planned, () => silent.reach());
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${portOf(server.address())}/v1`;
  return {
    url,
    requests,
    async received(count) {
      await received.at(count);
      const request = requests[count - 1];
      if (!request) throw new Error(`request ${count} was not recorded`);
      return request;
    },
    silent: (count) => silent.at(count),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
};

/** Something that happens again and again, and promises for the time it happened so many times. */
function milestones(): { reach(): void; at(count: number): Promise<void> } {
  let reached = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    reach() {
      reached += 1;
      for (const { count, resolve } of waiting) if (count <= reached) resolve();
    },
    at: (count) =>
      count <= reached ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const body = z.record(z.string(), z.unknown()).parse(text === "" ? {} : JSON.parse(text));
  return { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers, body };
}

function wireOf(path: string): "responses" | "chat" | null {
  if (path === "/v1/responses") return "responses";
  return path === "/v1/chat/completions" ? "chat" : null;
}

const unknownAddress = ({ method, path }: RecordedRequest): unknown => ({
  error: {
    message: `Unknown request URL: ${method} ${path}`,
    type: "invalid_request_error",
    code: "unknown_url",
  },
});

function sendJson(
  response: ServerResponse,
  code: number,
  headers: Record<string, string>,
  body: unknown,
): void {
  response.writeHead(code, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

async function stream(
  response: ServerResponse,
  events: readonly WireEvent[],
  { fault }: Reply,
  onSilent: () => void,
): Promise<void> {
  if (fault?.kind === "silence" && fault.afterEvents === "headers") return onSilent();
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const texts = events.map(({ name, data }) => `${name === null ? "" : `event: ${name}\n`}data: ${data}\n\n`);
  if (!fault) return void response.end(texts.join(""));
  const bytes = Buffer.from(faulty(texts, fault).join(""));
  switch (fault.kind) {
    case "slow":
      for (let at = 0; at < bytes.length; at += fault.bytes) {
        await written(response, bytes.subarray(at, at + fault.bytes));
      }
      response.end();
      return;
    case "garbage":
      response.end(bytes);
      return;
    case "silence":
      await written(response, bytes);
      onSilent();
      return;
    case "cut":
      await written(response, "afterBytes" in fault ? bytes.subarray(0, fault.afterBytes) : bytes);
      response.destroy();
      return;
  }
}

/** The texts that are sent, before bytes are counted. */
function faulty(texts: readonly string[], fault: ReplyFault): string[] {
  if (fault.kind === "garbage")
    return texts.toSpliced(fault.beforeEvent, 0, `data: ${fault.text ?? '{"type": "resp'}\n\n`);
  if ("afterEvents" in fault && fault.afterEvents !== "headers") return texts.slice(0, fault.afterEvents);
  return [...texts];
}

const written = (response: ServerResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve) => response.write(bytes, () => resolve()));
