/** code-server, a peer with a terminal in a page: installed from the registry on demand, outside the repository. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export const CODE_SERVER = "4.139.1";

const execute = promisify(execFile);
const cache = process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache");
const FOLDER = path.join(cache, "oriel-bench", `code-server-${CODE_SERVER}`);
const PACKAGE = path.join(FOLDER, "node_modules/code-server");
/** Of its dependencies only these have to be built; the others of its scripts are for what no terminal needs. */
const NATIVE = ["node-pty", "@vscode/spdlog", "@vscode/native-watchdog", "@parcel/watcher"];

/** As it comes, but for its history, which is as long as ours, and for what would cover the terminal. */
const SETTINGS = {
  "terminal.integrated.scrollback": 10_000,
  "terminal.integrated.tabs.title": "${sequence}",
  "workbench.startupEditor": "none",
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};

async function install(): Promise<void> {
  const done = path.join(FOLDER, "installed");
  if (existsSync(done)) return;
  process.stderr.write(`installing code-server ${CODE_SERVER} in ${FOLDER}\n`);
  await mkdir(FOLDER, { recursive: true });
  await writeFile(path.join(FOLDER, "package.json"), '{ "private": true }\n');
  // The Node that runs this, with its own headers beside it: what is built must fit it.
  const node = path.dirname(path.dirname(process.execPath));
  const env = {
    ...process.env,
    PATH: `${path.join(node, "bin")}${path.delimiter}${process.env["PATH"]}`,
    npm_config_nodedir: node,
  };
  const npm = (cwd: string, ...args: string[]) =>
    execute("npm", [...args, "--no-audit", "--no-fund"], { cwd, env, maxBuffer: 1e8 });
  await npm(FOLDER, "install", "--ignore-scripts", `code-server@${CODE_SERVER}`);
  const inner = path.join(PACKAGE, "lib/vscode");
  await npm(inner, "install", "--omit=dev", "--ignore-scripts");
  await npm(inner, "rebuild", ...NATIVE);
  await writeFile(done, "");
}

export interface CodeServer extends AsyncDisposable {
  /** Of its window on `folder`. */
  readonly url: string;
}

/** Runs with its data in `data`. */
export async function startCodeServer(data: string, folder: string): Promise<CodeServer> {
  await install();
  await mkdir(path.join(data, "User"), { recursive: true });
  await writeFile(path.join(data, "User/settings.json"), JSON.stringify(SETTINGS));
  const options = ["--auth=none", "--bind-addr=127.0.0.1:0", `--user-data-dir=${data}`];
  const quiet = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
  const child = spawn(
    process.execPath,
    [path.join(PACKAGE, "out/node/entry.js"), ...options, ...quiet, folder],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, HOME: data, XDG_CONFIG_HOME: data, SHELL: "/bin/bash" },
    },
  );
  const closed = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    const [, address] = /listening on (http:\S+)/.exec(line) ?? [];
    if (address === undefined) continue;
    child.stdout.resume();
    return {
      url: new URL(`?folder=${encodeURIComponent(folder)}`, address).href,
      async [Symbol.asyncDispose]() {
        child.kill();
        await closed;
      },
    };
  }
  throw new Error("code-server ended before it listened");
}
