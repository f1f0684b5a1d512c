import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

/** Writes files below a folder. */
export async function writeTree(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Runs a program to its end: its exit code, and what it printed. */
export async function runProgram(
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<{ exitCode: number; output: string }> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { cwd });
    return { exitCode: 0, output: stdout };
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "number") {
      return { exitCode: error.code, output: "stdout" in error ? String(error.stdout) : "" };
    }
    throw error;
  }
}

/** Runs `work` on all items, `width` at a time, and returns the results in order. */
export async function inParallel<Item, Value>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const results: Value[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
