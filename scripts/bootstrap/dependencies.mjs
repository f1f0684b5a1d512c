import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { duringSetUp } from "./lock.mjs";
import { PINNED } from "./node.mjs";
import { inRoot } from "./place.mjs";
import { say } from "./say.mjs";

/** Inside node_modules, because `npm ci` removes that first: a killed installation has no stamp. */
const STAMP = inRoot("node_modules", ".oriel-installed");

/** Installs what the lock file says where that is not what is installed. @param {string} node */
export async function ensureDependencies(node) {
  const wanted = stampOf(readFileSync(inRoot("package-lock.json")));
  if (installed() === wanted) return;
  await duringSetUp(async () => {
    if (installed() === wanted) return;
    say("installing packages");
    const { npmCi } = await import("./npm.mjs");
    await npmCi(inRoot(), node);
    writeFileSync(STAMP, wanted);
  });
}

/** What an installation of this lock file is called: it differs by Node and by platform. @param {Uint8Array} lockFile */
export function stampOf(lockFile) {
  return createHash("sha256")
    .update(lockFile)
    .update(`${PINNED} ${process.platform}-${process.arch}`)
    .digest("hex");
}

function installed() {
  try {
    return readFileSync(STAMP, "utf8");
  } catch {
    return null;
  }
}
