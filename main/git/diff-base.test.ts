import { expect, test } from "vitest";
import { diffSession, patchSession } from "./diff.ts";
import { publish } from "./publish.ts";
import { commitAll, gitIn, makeBench, valueOf, writeFiles } from "./testing/repositories.ts";

const MESSAGE = { message: "Work" };

async function seen(session: Parameters<typeof diffSession>[0]) {
  const { base, files } = valueOf(await diffSession(session));
  const { text } = valueOf(await patchSession(session, { maxBytes: 10_000 }));
  const inPatch = [...text.matchAll(/^diff --git a\/(\S+)/gm)].map((match) => match[1]);
  return { base, files: files.map((file) => file.path), inPatch };
}

test.for(["rebase", "merge"])(
  "what a %s brings in from the base branch is not the session's",
  async (how) => {
    await using bench = await makeBench();
    const { session, project } = bench;
    await writeFiles(session.worktree, { "mine.txt": "m\n" });
    await commitAll(session.worktree, "mine");
    await writeFiles(project.root, { "person.txt": "p\n", "a.txt": "ONE\n" });
    const moved = await commitAll(project.root, "of the person");
    const own = { files: ["mine.txt"], inPatch: ["mine.txt"] };
    // Moved, and not brought in: nothing of it shows, neither as added nor as taken away.
    expect(await seen(session)).toEqual({ base: session.base.commit, ...own });

    await gitIn(session.worktree, "fetch", "-q");
    await gitIn(session.worktree, how, "-q", "origin/main");
    expect(await seen(session)).toEqual({ base: moved, ...own });
    const changes = { files: 1, added: 1, removed: 0 };
    expect(valueOf(await publish(session, MESSAGE)).changes).toEqual(changes);

    // The person goes on, and the session too: what it did not bring in does not count.
    await writeFiles(project.root, { "later.txt": "l\n" });
    await commitAll(project.root, "later");
    await writeFiles(session.worktree, { "untracked.txt": "u\n" });
    const both = ["mine.txt", "untracked.txt"];
    expect(await seen(session)).toEqual({ base: moved, files: both, inPatch: both });
    expect(valueOf(await publish(session, MESSAGE)).changes).toEqual({ files: 2, added: 2, removed: 0 });
  },
);

test("the pinned base, where the branch is gone or has nothing in common with the agent's", async () => {
  await using bench = await makeBench();
  const { session, project } = bench;
  await writeFiles(session.worktree, { "mine.txt": "m\n" });
  await commitAll(session.worktree, "mine");
  const expected = { base: session.base.commit, files: ["mine.txt"], inPatch: ["mine.txt"] };
  await gitIn(project.root, "checkout", "-q", "--orphan", "fresh");
  await commitAll(project.root, "another history");
  await gitIn(project.root, "branch", "-f", "main");
  expect(await seen(session)).toEqual(expected);
  await gitIn(project.root, "branch", "-D", "main");
  expect(await seen(session)).toEqual(expected);
});

test("a damaged private repository does not hide what changed", async () => {
  await using bench = await makeBench();
  const { session, project } = bench;
  await writeFiles(session.worktree, { "mine.txt": "m\n" });
  await commitAll(project.root, "the branch moves");
  await writeFiles(session.agentDir, { HEAD: "nonsense" });
  expect(await seen(session)).toEqual({
    base: session.base.commit,
    files: ["mine.txt"],
    inPatch: ["mine.txt"],
  });
});
