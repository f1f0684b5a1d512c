import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { runQuietly } from "./process.mjs";

const module = JSON.stringify(new URL("./process.mjs", import.meta.url).href);

/** The source of a process that runs `script` (of Node) in the foreground and ends with its exit code, as the bootstrap does. */
const parentOf = (script: string): string => `import { runInForeground } from ${module};
  process.exitCode = await runInForeground(process.execPath, ["-e", ${JSON.stringify(script)}]);`;

function foreground(script: string) {
  return spawn(process.execPath, ["--input-type=module", "-e", parentOf(script)], {
    stdio: ["ignore", "pipe", "inherit"],
    // A session of its own: without a controlling terminal, wherever the tests run.
    detached: true,
  });
}

test("an exit code is kept", async () => {
  expect(await once(foreground("process.exit(3)"), "exit")).toEqual([3, null]);
});

test.runIf(process.platform !== "win32")("a program that a signal ended counts as in a shell", async () => {
  expect(await once(foreground("process.kill(process.pid, 'SIGKILL')"), "exit")).toEqual([137, null]);
});

test.runIf(process.platform !== "win32").each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s reaches the program, which may end as it likes",
  async (signal) => {
    const parent = foreground(
      `process.on("${signal}", () => process.exit(7)); setInterval(() => {}, 1000); console.log("ready")`,
    );
    const exit = once(parent, "exit");
    await once(parent.stdout, "data");
    parent.kill(signal);
    expect(await exit).toEqual([7, null]);
  },
);

test.runIf(process.platform !== "win32")("a program ends when npm's shell does", async () => {
  const script = `process.on("SIGTERM", () => { console.log("asked to end"); process.exit(0); });
    setInterval(() => {}, 1000); console.log("ready")`;
  // More than one command, so that the shell stays instead of becoming the program.
  const line = '"$NODE" --input-type=module -e "$SOURCE"; exit $?';
  const env = {
    ...process.env,
    NODE: process.execPath,
    SOURCE: parentOf(script),
    npm_lifecycle_event: "oriel",
  };
  const shell = spawn("/bin/sh", ["-c", line], { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  shell.stdout.on("data", (text: Buffer) => {
    output += text.toString();
    if (output === "ready\n") shell.kill("SIGTERM");
  });
  await once(shell.stdout, "end");
  expect(output).toBe("ready\nasked to end\n");
});

test("output is collected, and a program that is not there is an ordinary failure", async () => {
  const script = "process.stderr.write('oh no', () => process.exit(2))";
  expect(await runQuietly(process.execPath, ["-e", script])).toEqual({ code: 2, output: "oh no" });
  expect((await runQuietly("oriel-no-such-program", [])).code).toBe(127);
});
