import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { digestOf } from "./build.mjs";
import { stampOf } from "./dependencies.mjs";

const scripts = path.dirname(import.meta.dirname);
const LOCK = '{ "lockfileVersion": 3 }';
const APP = `
  console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), npm: process.env.npm_package_name ?? null }));
  process.exitCode = 3;`;

test.runIf(process.platform !== "win32")(
  "when everything is there, it runs the app in the person's folder, keeps its exit code and says nothing",
  async () => {
    await using dir = await tempDir();
    const root = await realpath(dir.path);
    const bin = await plantCheckout(root);

    const outcome = await bootstrap(root, ["oriel", "show", "--json", "a b"], {
      PATH: bin,
      npm_lifecycle_event: "oriel",
      npm_package_name: "oriel",
      INIT_CWD: bin,
    });

    const seen = { args: ["show", "--json", "a b"], cwd: bin, npm: null };
    expect(outcome).toEqual({ code: 3, stdout: `${JSON.stringify(seen)}\n`, stderr: "" });
  },
);

test("a verb that does not exist is bad usage", async () => {
  const { code, stdout, stderr } = await bootstrap(path.dirname(scripts), ["fly"], process.env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe(
    "oriel: usage: node scripts/bootstrap.mjs start|oriel|test|bench|faults|build|package|check|format|vitest [arguments]\n",
  );
});

/** A checkout that is set up and built, with an app that shows how it was started. Returns a folder for PATH. */
async function plantCheckout(root: string): Promise<string> {
  await cp(scripts, path.join(root, "scripts"), { recursive: true });
  const bin = path.join(root, "bin");
  for (const folder of [bin, path.join(root, "node_modules"), path.join(root, "dist")]) await mkdir(folder);
  for (const program of ["bwrap", "socat", "rg"]) await symlink("/bin/sh", path.join(bin, program));
  await writeFile(path.join(root, "package.json"), '{ "type": "module" }');
  await writeFile(path.join(root, "package-lock.json"), LOCK);
  await writeFile(path.join(root, "node_modules", ".oriel-installed"), stampOf(Buffer.from(LOCK)));
  await writeFile(path.join(root, "dist", "cli.js"), APP);
  const digest = digestOf([path.join(root, "package-lock.json")]);
  await writeFile(path.join(root, "dist", ".built-from"), digest);
  return bin;
}

async function bootstrap(root: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const script = path.join(root, "scripts", "bootstrap.mjs");
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "exit"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}
