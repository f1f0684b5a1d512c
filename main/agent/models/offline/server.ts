import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { text as readText } from "node:stream/consumers";
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { readConversation } from "./conversation.ts";
import { nextReply } from "./replay.ts";
import { responsesRequest } from "./request.ts";
import { replyEvents, wholeResponse, type ReplyFacts } from "./stream.ts";

/** What the model is called in the interface: it is no language model, and says so. */
export const OFFLINE_MODEL_NAME = "Offline demo (recipes)";
/** Its name in the API. */
export const OFFLINE_MODEL = "offline-demo";

export interface OfflineModelOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /**
   * How fast a reply streams, its text and the arguments of its calls alike, in characters a second. The default,
   * `Infinity`, sends each reply at once. Language models stream 100 to 600; nothing but the streaming takes time.
   */
  readonly charactersPerSecond?: number;
}

/**
 * Serves the recipes on loopback through the Responses API. It holds no conversation: each reply is computed from the request's
 * `input`. Any key is accepted. Disposing closes the port and cuts what still streams. Rejects when `port` is taken.
 */
export async function startOfflineModel(
  options: OfflineModelOptions = {},
): Promise<AsyncDisposable & { readonly baseUrl: string }> {
  const server = createServer((request, response) => {
    void answer(request, response, options.charactersPerSecond ?? Infinity).catch((error: unknown) =>
      response.destroy(asError(error)),
    );
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the offline model listens on no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  charactersPerSecond: number,
): Promise<void> {
  const route = `${request.method} ${new URL(request.url ?? "/", "http://localhost").pathname}`;
  switch (route) {
    case "GET /v1/models":
      return sendJson(response, 200, { object: "list", data: [modelEntry] });
    case `GET /v1/models/${OFFLINE_MODEL}`:
      return sendJson(response, 200, modelEntry);
    case "POST /v1/responses":
      return answerResponses(request, response, charactersPerSecond);
    default:
      return sendError(response, 404, `Invalid URL (${route})`, null);
  }
}

const modelEntry = { id: OFFLINE_MODEL, object: "model", created: 0, owned_by: "oriel" };

async function answerResponses(
  request: IncomingMessage,
  response: ServerResponse,
  charactersPerSecond: number,
): Promise<void> {
  const body = await readText(request);
  const json = parseJson(body);
  if (!json) return sendError(response, 400, "We could not parse the JSON body of your request.", null);
  const parsed = responsesRequest.safeParse(json.value);
  if (!parsed.success)
    return sendError(response, 400, parsed.error.issues[0]?.message ?? "Invalid body.", null);
  if (parsed.data.model !== OFFLINE_MODEL) {
    const message = `The model '${parsed.data.model}' does not exist: this server has '${OFFLINE_MODEL}'.`;
    return sendError(response, 404, message, "model_not_found");
  }
  const facts: ReplyFacts = {
    reply: nextReply(readConversation(parsed.data.input)),
    model: OFFLINE_MODEL,
    inputChars: body.length,
    createdAt: Math.floor(Date.now() / 1000),
  };
  if (parsed.data.stream) return streamEvents(response, facts, charactersPerSecond);
  sendJson(response, 200, wholeResponse(facts));
}

/** Pieces that belong to the same moment are sent together: timers are no finer. */
const TICK_MS = 15;

async function streamEvents(
  response: ServerResponse,
  facts: ReplyFacts,
  charactersPerSecond: number,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  let owedMs = 0;
  for (const event of replyEvents(facts)) {
    owedMs += (lengthOf(event) * 1000) / charactersPerSecond;
    if (owedMs >= TICK_MS) {
      if (!(await pause(owedMs, gone.signal))) return;
      owedMs = 0;
    }
    if (response.destroyed) return;
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  response.end();
}

const lengthOf = (event: ResponseStreamEvent): number =>
  event.type === "response.output_text.delta" || event.type === "response.function_call_arguments.delta"
    ? event.delta.length
    : 0;

/** False when the client went away meanwhile. */
const pause = (ms: number, gone: AbortSignal): Promise<boolean> =>
  delay(ms, true, { signal: gone }).catch(() => false);

function parseJson(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** An error in the shape of OpenAI's. */
const sendError = (response: ServerResponse, status: number, message: string, code: string | null): void =>
  sendJson(response, status, { error: { message, type: "invalid_request_error", param: null, code } });
