import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { Turn, TurnPorts } from "../../agent.ts";
import { call, say } from "../../testing/model-server/script.ts";
import { scriptedSession } from "../../testing/scripted-turn.ts";

const FILES = { "a.txt": "one\ntwo\n", "b.txt": "bee\n" };

/** Applies one patch in a worktree with `FILES`: what the model reads, and the files behind it. */
async function applied(lines: string[], turn: Partial<Turn> = {}, ports: Partial<TurnPorts> = {}) {
  const patch = ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");
  await using it = await scriptedSession([call("apply_patch", { patch }), say("ok")], { session: { ports } });
  for (const [name, text] of Object.entries(FILES)) await writeFile(path.join(it.worktree, name), text);
  await chmod(path.join(it.worktree, "a.txt"), 0o755);
  await it.run("patch", turn);
  const done = it.session.log.findLast(
    (event) => event.type === "item.completed" && event.body.content.kind !== "message",
  );
  if (done?.type !== "item.completed") throw new Error("no item");
  const names = (await readdir(it.worktree, { recursive: true, withFileTypes: true })).filter((it) =>
    it.isFile(),
  );
  const files: Record<string, string> = {};
  for (const entry of names) {
    const full = path.join(entry.parentPath, entry.name);
    files[path.relative(it.worktree, full)] = await readFile(full, "utf8");
  }
  const mode =
    files["sub/c.txt"] === undefined ? null : (await stat(path.join(it.worktree, "sub/c.txt"))).mode & 0o777;
  const { status, content } = done.body;
  return { status, content, output: done.body.model?.[0]?.["output"], files, mode };
}

test("several files at once; a moved file keeps its mode", async () => {
  const result = await applied([
    "*** Update File: a.txt",
    "*** Move to: sub/c.txt",
    "@@",
    "-two",
    "+zwei",
    "*** Delete File: b.txt",
    "*** Add File: new/d.txt",
    "+hello",
  ]);
  expect(result).toEqual({
    status: "completed",
    content: {
      kind: "file_change",
      changes: [
        { path: "a.txt", action: "move", to: "sub/c.txt", added: 1, removed: 1 },
        { path: "b.txt", action: "delete", added: 0, removed: 1 },
        { path: "new/d.txt", action: "add", added: 1, removed: 0 },
      ],
    },
    output: "done:\nR a.txt -> sub/c.txt +1 -1\nD b.txt +0 -1\nA new/d.txt +1 -0",
    files: { "sub/c.txt": "one\nzwei\n", "new/d.txt": "hello\n" },
    mode: 0o755,
  });
});

test("nothing is written where anything does not fit, and all of it is said", async () => {
  const { status, output, files } = await applied([
    "*** Add File: new.txt",
    "+hello",
    "*** Update File: a.txt",
    "@@",
    "-three",
    "*** Update File: gone.txt",
    "@@",
    "-x",
    "*** Add File: b.txt",
    "+x",
    "*** Delete File: ../outside.txt",
  ]);
  expect(status).toBe("failed");
  expect(output).toBe(
    [
      "nothing was written:",
      "a.txt: hunk 1: its first line `three` is not in the file after line 0. Read the file again and send a new patch",
      "gone.txt: there is no such file",
      "b.txt: already exists; change it with `*** Update File`",
      "../outside.txt: lies outside the worktree.",
    ].join("\n"),
  );
  expect(files).toEqual(FILES);
});

test("one file may be changed by two parts of a patch", async () => {
  const { files } = await applied([
    "*** Update File: a.txt",
    "@@",
    "-one",
    "+1",
    "*** Update File: a.txt",
    "@@",
    "-1",
    "+uno",
  ]);
  expect(files["a.txt"]).toBe("uno\ntwo\n");
});

test("a no of the person writes nothing", async () => {
  const approve = () => Promise.resolve({ approved: false, note: "Not that file." });
  const { status, output, files } = await applied(
    ["*** Delete File: b.txt"],
    { approval: "untrusted" },
    { approve },
  );
  expect({ status, output, files }).toEqual({
    status: "denied",
    output: "nothing was written: the person said no. Not that file.",
    files: FILES,
  });
});

test("a read-only session that never asks writes nothing", async () => {
  const turn = { sandbox: "read-only", approval: "never" } as const;
  const { output, files } = await applied(["*** Delete File: b.txt"], turn);
  expect({ output, files }).toEqual({
    output: "nothing was written: this session is read-only",
    files: FILES,
  });
});
