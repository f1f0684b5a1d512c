import { spawn } from "node-pty";
import { expect, test } from "vitest";

const SCRIPT = 'stty size; read -r line; stty size; printf "got:%s" "$line"; exit 3';

test.skipIf(process.platform === "win32")(
  "a shell in a pty sees its size and its input, and its last output comes before its end",
  async () => {
    const pty = spawn("/bin/sh", ["-c", SCRIPT], { name: "xterm-256color", cols: 100, rows: 30 });
    const exit = Promise.withResolvers<number>();
    const firstSize = Promise.withResolvers<void>();
    let output = "";
    pty.onData((text) => {
      output += text;
      if (output.includes("30 100")) firstSize.resolve();
    });
    pty.onExit(({ exitCode }) => exit.resolve(exitCode));

    await firstSize.promise;
    pty.resize(81, 24);
    pty.write("grüße\r");

    expect(await exit.promise).toBe(3);
    expect(output.replaceAll("\r\n", "\n")).toBe("30 100\ngrüße\n24 81\ngot:grüße");
  },
);
