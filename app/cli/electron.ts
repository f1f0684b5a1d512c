/** Oriel's own window, where it can be had: Electron comes as a package without its binary, which is fetched once. */
import { execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { outliving } from "./outliving.ts";

const FROM_SOURCE = import.meta.url.endsWith(".ts");
const ROOT = fileURLToPath(new URL(FROM_SOURCE ? "../../" : "../", import.meta.url));
const ENTRY = fileURLToPath(new URL(FROM_SOURCE ? "../electron/main.ts" : "./electron.js", import.meta.url));

export interface ElectronPlace {
  /** The package: `node_modules/electron`. */
  readonly folder: string;
  /** Its time says when a fetch was last tried. */
  readonly stamp: string;
}

const PLACE: ElectronPlace = {
  folder: path.join(ROOT, "node_modules", "electron"),
  stamp: path.join(ROOT, ".node", "electron-tried"),
};

export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Of the person; null where the platform has none. */
  readonly uid: number | null;
}

const HERE: Machine = { platform: process.platform, uid: process.getuid?.() ?? null };

const TRY_AGAIN_MS = 24 * 60 * 60 * 1000;
/** Without an answer in this time, the browser is the quicker way. */
const REACH_MS = 3000;
/** 120 MB on a slow line. */
const FETCH_MS = 5 * 60 * 1000;
const RELEASES = "https://github.com/electron/electron/releases/download/";

/**
 * The absolute path of Electron's binary, fetched first where it is not there: at most one try a day, and none that
 * takes long where the server is out of reach. Null where there can be no window: then the browser is what there is.
 * `say` gets a line before a fetch that takes its time.
 */
export async function electronAvailable(
  env: NodeJS.ProcessEnv,
  say: (line: string) => void = () => undefined,
  place: ElectronPlace = PLACE,
  machine: Machine = HERE,
): Promise<string | null> {
  if (!canShow(env, machine)) return null;
  const version = versionOf(place.folder);
  if (version === null) return null;
  const there = binaryOf(place.folder, version, machine.platform);
  if (there !== null || triedLately(place.stamp)) return there;
  markTried(place.stamp);
  if (!(await canReach(env, version))) return null;
  say("fetching Electron for Oriel's own window, once");
  await promisify(execFile)(process.execPath, [path.join(place.folder, "install.js")], {
    env,
    timeout: FETCH_MS,
  }).catch(() => undefined);
  return binaryOf(place.folder, version, machine.platform);
}

/** As root on Linux, Chromium can't put a page into its sandbox, and a page without one is not opened. */
function canShow(env: NodeJS.ProcessEnv, { platform, uid }: Machine): boolean {
  if (platform !== "linux") return true;
  return uid !== 0 && Boolean(env["DISPLAY"] || env["WAYLAND_DISPLAY"]);
}

function versionOf(folder: string): string | null {
  const text = readText(path.join(folder, "package.json"));
  const version = text === null ? null : /"version":\s*"([^"]+)"/.exec(text)?.[1];
  return version ?? null;
}

const BINARIES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "Electron.app/Contents/MacOS/Electron",
  win32: "electron.exe",
};

/** The binary, where it is of the package's own version: an update brings a new package first. */
function binaryOf(folder: string, version: string, platform: NodeJS.Platform): string | null {
  const binary = path.join(folder, "dist", BINARIES[platform] ?? "electron");
  const fetched = readText(path.join(folder, "dist", "version"))
    ?.trim()
    .replace(/^v/, "");
  return fetched === version && statSync(binary, { throwIfNoEntry: false })?.isFile() ? binary : null;
}

function triedLately(stamp: string): boolean {
  const tried = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - tried < TRY_AGAIN_MS;
}

function markTried(stamp: string): void {
  try {
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, "");
  } catch {
    // An installation that can't be written to is asked again next time.
  }
}

/** Whether the server that has the binary answers: its list of hashes is small. */
async function canReach(env: NodeJS.ProcessEnv, version: string): Promise<boolean> {
  const mirror = env["ELECTRON_MIRROR"] || env["npm_config_electron_mirror"] || RELEASES;
  const url = `${mirror.replace(/\/*$/, "/")}v${version}/SHASUMS256.txt`;
  if (!URL.canParse(url)) return false;
  const signal = AbortSignal.timeout(REACH_MS);
  return fetch(url, { method: "HEAD", signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

export interface WindowWish {
  readonly dataDir: string;
  /** The session to show first. */
  readonly session?: string;
}

/**
 * Opens the window, which goes on when this process ends. True once it is open, or the one that was open has come up;
 * false where Electron ended first, on a system that lacks a library of it for instance.
 */
export async function openElectron(
  binary: string,
  { dataDir, session }: WindowWish,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const args = [ENTRY, "--data-dir", path.resolve(dataDir), ...(session ? ["--session", session] : [])];
  const { ELECTRON_RUN_AS_NODE: _asNode, ...rest } = outliving(env);
  const window = spawn(binary, args, {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    cwd: path.parse(ROOT).root,
    env: { ...rest, ORIEL_NODE: process.execPath },
  });
  window.unref();
  const open = await new Promise<boolean>((resolve) => {
    window.once("error", () => resolve(false));
    // Not `exit`, which can come before what was printed last.
    window.once("close", () => resolve(false));
    window.stdout.on("data", (piece) => String(piece).includes(WINDOW_OPEN) && resolve(true));
  });
  // What it prints later has no reader.
  window.stdout.destroy();
  return open;
}

/** What the window prints once it is open. */
export const WINDOW_OPEN = "Oriel's window is open";
