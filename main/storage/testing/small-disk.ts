import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A real disk of `size` bytes at `folder`, or null (and a word on stderr) where this process may not mount one. */
export function mountSmallDisk(folder: string, size: number): SmallDisk | null {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "oriel-test", folder], { stdio: "pipe" });
  } catch (error) {
    process.stderr.write(
      `SKIPPED: a full disk can't be tried, since mount is refused here: ${String(error)}\n`,
    );
    return null;
  }
  const ballast = path.join(folder, "ballast");
  return {
    fill: () => writeUntilFull(ballast, size),
    free: () => rmSync(ballast),
    [Symbol.dispose]: () => void execFileSync("umount", ["--lazy", folder]),
  };
}

interface SmallDisk extends Disposable {
  /** Takes all the space that is left. */
  fill(): void;
  free(): void;
}

function writeUntilFull(file: string, size: number): void {
  for (let block = size; block >= 1; block = Math.floor(block / 2)) {
    try {
      for (;;) writeFileSync(file, new Uint8Array(block), { flag: "a" });
    } catch {
      // This block no longer fits: try a smaller one.
    }
  }
}
