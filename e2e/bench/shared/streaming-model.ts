/**
 * A model that never comes to an end, in a thread of its own: text in slow pieces, then a command with output, again and
 * again. Sends its address to whoever started it. Before it is asked to stream it says one word.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import { responsesEvents } from "#main/agent/testing/model-server/wire.ts";
import type { Reply } from "#main/agent/testing/model-server/script.ts";

/** A person's message with these words makes it stream. */
export const STREAM_WORDS = "Stream until you are stopped.";

/** Between two pieces of text: as fast as quick models write. Milliseconds. */
const PIECE_MS = 20;

const PARAGRAPH =
  "The **limiter** holds a queue of jobs and lets `concurrency` of them run at once; each job gets a callback that it calls when it is done, and then the next one starts.";

const TEXT = [
  `## What I found\n\n${PARAGRAPH}`,
  `- ${PARAGRAPH}\n- ${PARAGRAPH}`,
  "```js\nconst limiter = new Limiter(4);\nlimiter.add((done) => work(done));\n```",
].join("\n\n");

/** Sixty lines in three seconds, by the shell itself: a process for each line would be what is measured. */
const commandOf = (turn: number): string =>
  `exec 3<> <(:); for n in {1..60}; do echo "run ${turn} line $n: ok"; read -rt 0.05 -u 3; done; true`;

function replyTo(body: string): Reply {
  if (!body.includes(STREAM_WORDS)) return { output: [{ say: "Ready." }] };
  const turn = body.split('"function_call_output"').length;
  const shell = { command: commandOf(turn), cwd: null, yield_ms: null, stdin: null, escalate: null };
  return { output: [{ say: TEXT }, { call: "shell", arguments: shell }] };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = replyTo(await text(request));
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const { name, data } of responsesEvents(reply)) {
    if (response.destroyed) return;
    response.write(`${name === null ? "" : `event: ${name}\n`}data: ${data}\n\n`);
    await pause(PIECE_MS);
  }
  response.end();
}

if (parentPort) {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  parentPort.postMessage(`http://127.0.0.1:${address.port}/v1`);
}
