/**
 * Photographs scenes of the harness: `node e2e/driver/shoot.ts FOLDER [SCENE …] [--size 1440x900] [--theme dark]`.
 * Without scenes, sizes or themes: all of them. A file each: `SCENE-WIDTHxHEIGHT-THEME.png`.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { SCENES } from "../../renderer/testing/scenes.ts";
import { openHarness } from "./harness.ts";

const SIZES = ["1440x900", "1024x700", "400x800"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: "string", multiple: true }, theme: { type: "string", multiple: true } },
});
const [folder, ...scenes] = positionals;
if (folder === undefined)
  throw new Error("usage: shoot.ts FOLDER [SCENE …] [--size WxH] [--theme dark|light]");

await using harness = await openHarness();
for (const scene of scenes.length > 0 ? scenes : Object.keys(SCENES)) {
  for (const size of values.size ?? SIZES) {
    for (const theme of values.theme ?? ["dark", "light"]) {
      const [width = 1440, height = 900] = size.split("x").map(Number);
      const page = await harness.open(scene, { theme: theme === "light" ? "light" : "dark", width, height });
      // Fonts, lazily loaded panes and the highlighter's worker.
      await page.waitForLoadState("networkidle");
      await page.screenshot({
        path: path.join(folder, `${scene}-${size}-${theme}.png`),
        animations: "disabled",
      });
      await page.context().close();
    }
  }
}
