/** The Chromium of all tests. */
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { findChromium } from "../../scripts/bootstrap/chromium.mjs";

/** Chromium's own calls to the network, which have no place in a test. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** WebGL where there is no graphics card. */
export const WITH_WEBGL = ["--enable-unsafe-swiftshader"];
/** No graphics in software, which were half of the work of a round of the faults: for who does not look at the picture. */
export const PLAIN_DRAWING = ["--disable-gpu", "--disable-3d-apis"];

/** A Chromium. Throws where there is none. */
export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("no Chromium here: install one, or name it in ORIEL_CHROMIUM");
  // Chromium's own sandbox does not work as root.
  const chromiumSandbox = process.platform !== "linux" || process.getuid?.() !== 0;
  return chromium.launch({ executablePath, chromiumSandbox, args: [...QUIET, ...args] });
}
