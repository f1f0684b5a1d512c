import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";

const run = promisify(execFile);

/** An apt-get that writes down what it is asked for, and knows no package before `update`. */
const APT = `#!/bin/sh
echo "$@" >> "$APT_LOG"
case "$*" in *update*) : > "$APT_LOG.updated" ;; *) test -e "$APT_LOG.updated" ;; esac
`;

const SCRIPT = `
  import { ensureSystemPackages } from ${JSON.stringify(new URL("./system.mjs", import.meta.url).href)};
  await ensureSystemPackages({ tests: true });`;

test.runIf(process.platform === "linux" && process.getuid?.() === 0)(
  "as root with nobody there, what is missing is installed, after an update where that is needed",
  async () => {
    await using dir = await tempDir();
    const bin = path.join(dir.path, "bin");
    await mkdir(bin);
    await writeFile(path.join(bin, "apt-get"), APT);
    await chmod(path.join(bin, "apt-get"), 0o755);
    for (const present of ["bwrap", "chromium"]) await symlink("/bin/true", path.join(bin, present));
    const log = path.join(dir.path, "log");

    const env = { PATH: bin, APT_LOG: log };
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", SCRIPT], { env });

    const install = "-o DPkg::Lock::Timeout=120 install -y --no-install-recommends socat ripgrep\n";
    expect(await readFile(log, "utf8")).toBe(`${install}-o DPkg::Lock::Timeout=120 update\n${install}`);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "oriel: installing socat, ripgrep with apt\n" });
  },
);
