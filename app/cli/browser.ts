import { spawn } from "node:child_process";
import { outliving } from "./outliving.ts";

/** What opens an address in the person's browser here; null where there is no display to show one. */
export function browserCommand(
  url: string,
  env: NodeJS.ProcessEnv,
  platform = process.platform,
): readonly [string, ...string[]] | null {
  if (platform === "darwin") return ["open", url];
  // `start` takes its first quoted argument for a title.
  if (platform === "win32") return ["cmd.exe", "/c", "start", "", url];
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open", url] : null;
}

/** Opens `url` where there is a display, and says whether. Where it fails, the address that was printed is what there is. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv): boolean {
  const command = browserCommand(url, env);
  if (command === null) return false;
  const [file, ...args] = command;
  spawn(file, args, { stdio: "ignore", detached: true, env: outliving(env) })
    .on("error", () => undefined)
    .unref();
  return true;
}
