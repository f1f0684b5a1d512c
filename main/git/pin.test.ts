import { expect, test } from "vitest";
import { createSession } from "./create.ts";
import { pinBase, unpinBase } from "./pin.ts";
import { commitAll, gitIn, makeBench, valueOf } from "./testing/repositories.ts";

const refsOf = (folder: string) => gitIn(folder, "for-each-ref", "--format=%(objectname) %(refname)");

test("what was pinned is what the session gets, wherever the branch went meanwhile", async () => {
  await using bench = await makeBench();
  const { project, dataDir } = bench;
  const request = { project, session: "ses_2", slug: "x", base: "main", commit: project.commit };
  const pinned = valueOf(await pinBase(request));
  expect(pinned).toEqual({ base: { branch: "main", commit: project.commit }, branch: "oriel/x" });
  await commitAll(project.root, "the branch moves");
  const session = valueOf(await createSession({ ...request, dataDir }));
  expect({ base: session.base, branch: session.branch }).toEqual(pinned);
  await gitIn(project.root, "checkout", "-q", "-b", "other");
  await gitIn(project.root, "branch", "-D", "main");
  expect(valueOf(await pinBase(request))).toEqual(pinned);
});

test("a session from a detached HEAD has no base branch, whatever is checked out later", async () => {
  await using bench = await makeBench();
  const { project } = bench;
  const request = { project, session: "ses_2", slug: "x", base: null, commit: project.commit };
  const pinned = { base: { branch: null, commit: project.commit }, branch: "oriel/x" };
  expect(valueOf(await pinBase(request))).toEqual(pinned);
});

test("a pin taken back leaves nothing, except a branch that somebody moved", async () => {
  await using bench = await makeBench();
  const { project } = bench;
  const before = await refsOf(project.root);
  const request = { project, slug: "x", base: "main", commit: project.commit };
  await pinBase({ ...request, session: "ses_2" });
  expect(await refsOf(project.root)).not.toBe(before);
  await unpinBase(project, "ses_2");
  expect(await refsOf(project.root)).toBe(before);
  await unpinBase(project, "ses_2");

  await pinBase({ ...request, session: "ses_3" });
  await gitIn(project.root, "checkout", "-q", "oriel/x");
  const commit = await commitAll(project.root, "of the person");
  await unpinBase(project, "ses_3");
  const left = (await refsOf(project.root)).split("\n");
  expect(left.filter((line) => !before.includes(line))).toEqual([`${commit} refs/heads/oriel/x`]);
});
