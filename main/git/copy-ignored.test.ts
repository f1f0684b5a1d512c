import { mkdir, readdir, readFile, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { copyIgnored } from "./copy-ignored.ts";
import { commitAll, fingerprint, makeBench, writeFiles } from "./testing/repositories.ts";

test("brings the ignored files that the patterns name, and no others", async () => {
  await using bench = await makeBench({ ".gitignore": ".env*\nnode_modules/\nkeep\n", "a.txt": "a\n" });
  const { project, session } = bench;
  await writeFiles(project.root, {
    ".env": "SECRET=1\n",
    "deep/.env.local": "x\n",
    ".env.production": "no\n",
    "node_modules/dep/index.js": "no\n",
    "untracked.txt": "no\n",
    keep: "the person's\n",
  });
  await symlink(".env", path.join(project.root, ".env.link"));
  await writeFiles(session.worktree, { keep: "already here\n" });
  const patterns = "# what a session needs\n.env*\n!.env.production\nuntracked.txt\nkeep\n";
  expect(await copyIgnored(session, patterns)).toEqual({
    copied: [".env", ".env.link", "deep/.env.local"],
    failed: [],
  });
  expect(Object.keys(await fingerprint(session.worktree))).toEqual([
    ".env",
    ".env.link",
    ".git",
    ".gitignore",
    "a.txt",
    "deep",
    "deep/.env.local",
    "keep",
  ]);
  expect(await readFile(path.join(session.worktree, "keep"), "utf8")).toBe("already here\n");
  expect(await copyIgnored(session, "\n")).toEqual({ copied: [], failed: [] });
});

test("a file that can't be written is named, and the others are there", async () => {
  await using bench = await makeBench({ ".gitignore": "out*\n", "a.txt": "a\n" });
  const { project, session } = bench;
  await writeFiles(project.root, { "out/x": "x\n", "out-too": "y\n" });
  // Its folder is gone between the listing and the copy, as far as the copy can tell.
  await rm(session.worktree, { recursive: true });
  const { copied, failed } = await copyIgnored(session, "out*\n");
  expect(copied).toEqual([]);
  expect(failed.map(({ path }) => path)).toEqual(["out-too", "out/x"]);
  expect(failed[0]?.why).toContain("ENOENT");
});

test("does not follow a link in the worktree that leads elsewhere", async () => {
  await using bench = await makeBench({ ".gitignore": "out/\n", "a.txt": "a\n" });
  const { project, path: folder } = bench;
  const elsewhere = path.join(folder, "elsewhere");
  await mkdir(elsewhere);
  await symlink(elsewhere, path.join(project.root, "link"));
  await commitAll(project.root, "a link in the base");
  const session = await bench.newSession("ses_two");
  await rm(path.join(project.root, "link"));
  await writeFiles(project.root, { "link/out/x": "x\n", "out/y": "y\n" });
  expect(await copyIgnored(session, "out/\n")).toEqual({ copied: ["out/y"], failed: [] });
  expect(await readdir(elsewhere)).toEqual([]);
});
