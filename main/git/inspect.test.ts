import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { inspectProject } from "./inspect.ts";
import { commitAll, failureOf, gitIn, makeCanary, makeRepository, valueOf } from "./testing/repositories.ts";

describe("inspectProject", () => {
  test("a repository, also from a folder inside of it", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"), { "deep/er/a.txt": "a\n" });
    const commit = await gitIn(root, "rev-parse", "HEAD");
    const expected = {
      root,
      gitDir: `${root}/.git`,
      commonDir: `${root}/.git`,
      objectFormat: "sha1",
      branch: "main",
      commit,
      bare: false,
      shallow: false,
      partial: false,
      sparse: false,
      lfs: false,
      submodules: [],
      dirty: false,
    };
    expect(valueOf(await inspectProject(root))).toEqual(expected);
    expect(valueOf(await inspectProject(path.join(root, "deep/er")))).toEqual(expected);
    await writeFile(path.join(root, "deep/er/a.txt"), "changed\n");
    expect(valueOf(await inspectProject(root))).toEqual({ ...expected, dirty: true });
  });

  test("says why not: nothing there, a file, no repository, no commit, inside of .git, damaged", async () => {
    await using dir = await tempDir();
    const at = (name: string) => path.join(dir.path, name);
    const code = async (folder: string) => failureOf(await inspectProject(folder)).code;
    await writeFile(at("file"), "");
    await mkdir(at("plain"));
    await mkdir(at("empty"));
    await gitIn(at("empty"), "init", "-q");
    const root = await makeRepository(at("damaged"));
    expect(await code(at("gone"))).toBe("not_found");
    expect(await code(at("file"))).toBe("not_a_folder");
    expect(await code(at("plain"))).toBe("not_a_repository");
    expect(await code(at("empty"))).toBe("no_commits");
    expect(await code(path.join(root, ".git"))).toBe("not_a_repository");
    await rm(path.join(root, ".git/objects"), { recursive: true });
    await mkdir(path.join(root, ".git/objects"));
    expect(await code(root)).toBe("broken");
  });

  test("tells a bare, a shallow, a partial clone; LFS; submodules", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"), {
      "a/.gitattributes": "*.bin filter=lfs diff=lfs\n",
    });
    const inner = await makeRepository(path.join(dir.path, "inner"));
    await gitIn(root, "submodule", "add", "-q", inner, "vendor/in ner");
    await commitAll(root, "two");
    const clone = async (name: string, ...how: string[]) => {
      await gitIn(dir.path, "clone", "-q", ...how, `file://${root}`, name);
      return valueOf(await inspectProject(path.join(dir.path, name)));
    };
    await gitIn(root, "config", "uploadpack.allowFilter", "true");
    const whole = valueOf(await inspectProject(root));
    expect(whole).toMatchObject({
      lfs: true,
      submodules: ["vendor/in ner"],
      bare: false,
      shallow: false,
      partial: false,
    });
    const bare = path.join(dir.path, "b.git");
    expect(await clone("b.git", "--bare")).toMatchObject({
      root: bare,
      gitDir: bare,
      commonDir: bare,
      bare: true,
    });
    expect(await clone("s", "--depth=1")).toMatchObject({ shallow: true, partial: false });
    expect(await clone("t", "--filter=blob:none")).toMatchObject({ shallow: false, partial: true });
  });

  test("runs nothing that a repository from somewhere names", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"), {
      ".gitattributes": "* filter=evil.x=y diff=evil\n",
      "a.txt": "a\n",
    });
    const canary = await makeCanary(dir.path);
    for (const key of [
      "core.fsmonitor",
      "core.pager",
      "core.editor",
      "filter.evil.x=y.clean",
      "filter.evil.x=y.process",
      "diff.external",
      "diff.evil.textconv",
    ])
      await gitIn(root, "config", "--file", ".git/config", key, canary.script);
    await writeFile(path.join(root, ".git/hooks/post-index-change"), `#!/bin/sh\nexec '${canary.script}'\n`, {
      mode: 0o755,
    });
    await writeFile(path.join(root, "a.txt"), "b\n");
    expect(valueOf(await inspectProject(root)).dirty).toBe(true);
    expect(await canary.sang()).toBe(false);
  });
});
