import { expect, test } from "vitest";
import { browserCommand } from "./browser.ts";

const URL = "http://127.0.0.1:1/#token=t";

test.each([
  ["linux with X", { DISPLAY: ":0" }, "linux", ["xdg-open", URL]],
  ["linux with Wayland", { WAYLAND_DISPLAY: "wayland-0" }, "linux", ["xdg-open", URL]],
  ["linux without a display", {}, "linux", null],
  ["macOS", {}, "darwin", ["open", URL]],
  ["Windows", {}, "win32", ["cmd.exe", "/c", "start", "", URL]],
] as const)("%s", (_name, env, platform, command) => {
  expect(browserCommand(URL, env, platform)).toEqual(command);
});
