import xterm from "@xterm/headless";
import { expect, test } from "vitest";
import { silenceQueries } from "./queries.ts";

test("a silenced terminal shows what it is sent, and answers nothing", async () => {
  const terminal = new xterm.Terminal({ allowProposedApi: true });
  const said: string[] = [];
  terminal.onData((data) => said.push(data));
  silenceQueries(terminal.parser);
  const csi = ["c", ">c", "=c", "5n", "6n", "?6n", "4$p", "?2004$p", ">q", "?u", "18t", "14t", "21t"];
  const asked = [
    ...csi.map((rest) => `\x1b[${rest}`),
    ...["\x1bP$qm\x1b\\", "\x1bP+q544e\x1b\\", "\x1b]10;?\x07", "\x1b]4;1;?\x07", "\x05", "\x1bZ"],
  ];
  await new Promise<void>((resolve) => terminal.write(`${asked.join("")}shown`, resolve));
  expect(said).toEqual([]);
  expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe("shown");
  terminal.dispose();
});
