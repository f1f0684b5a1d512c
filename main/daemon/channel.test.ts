import { once } from "node:events";
import { type Socket, connect, createServer } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { openChannel } from "./channel.ts";
import { frameDecoder } from "./frames.ts";
import {
  MAX_FRAME_TO_DAEMON,
  decodeControl,
  encodeAttachment,
  encodeControl,
  toDaemon,
  verbs,
} from "./protocol.ts";

const SCREEN = {
  kind: "screen" as const,
  ...{ offset: 0, cols: 80, rows: 24, title: "", cwd: null, marks: [], markKey: null, short: false },
};

/** A daemon that answers a subscription only when it is told its end, with a screen that was on its way before. */
function answerLate(socket: Socket): void {
  const decode = frameDecoder(MAX_FRAME_TO_DAEMON, (_, payload) => {
    const message = decodeControl(toDaemon, payload);
    if (message.type === "hello") {
      socket.write(encodeControl({ type: "welcome", instance: "dmn_x", pid: 1, version: "1" }));
    } else if (message.verb === verbs.unsubscribe.name) {
      const { ref } = verbs.unsubscribe.input.parse(message.input);
      socket.write(encodeAttachment(ref, Buffer.from("screen")));
      socket.write(encodeControl({ type: "event", ref, event: SCREEN }));
      socket.write(encodeControl({ type: "reply", ref, value: null }));
    }
  });
  socket.on("data", (piece) => decode(Buffer.from(piece)));
}

test("a screen on its way to who has ended the subscription is thrown away", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "d.sock");
  await using server = createServer(answerLate).listen(file);
  await once(server, "listening");
  await using channel = await openChannel(connect(file), "token");
  if (!channel) throw new Error("no channel");
  const screens: Uint8Array[] = [];
  const { accepted, end } = channel.subscribe(
    verbs.attachTerminal,
    { id: "x" },
    { onBytes() {}, onEvent: (_, screen) => screens.push(screen) },
  );
  end();
  // What is kept for its number would be the answer's.
  expect(await accepted).toEqual({ value: null, attachment: new Uint8Array(0) });
  expect(screens).toEqual([]);
});
