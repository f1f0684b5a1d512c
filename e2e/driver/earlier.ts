/** The built app as a version before this one, for what happens at an update. */
import { cp, readFile, readdir, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { VERSION } from "#shared/kernel/version.ts";
import type { BuiltApp } from "./window.ts";

export const EARLIER = "0.0.9";

/** Copies it to `folder`: it says `EARLIER` of itself, and its page's script has another name. Gives its `oriel` command. */
export async function earlierApp({ command }: BuiltApp, folder: string): Promise<string> {
  const dist = path.join(folder, "dist");
  const built = path.dirname(command);
  await cp(built, dist, { recursive: true, filter: (file) => !file.endsWith(".map") });
  await symlink(path.join(import.meta.dirname, "../../node_modules"), path.join(folder, "node_modules"));
  const scripts = (await readdir(dist)).filter((name) => name.endsWith(".js"));
  await replaceIn(dist, scripts, `"${VERSION}"`, `"${EARLIER}"`);

  const renderer = path.join(dist, "renderer");
  const [, entry] =
    /src="\.\/assets\/(index-[^"]+)\.js"/.exec(await readFile(path.join(renderer, "index.html"), "utf8")) ??
    [];
  if (entry === undefined) throw new Error("the page has no script");
  const files = (await readdir(renderer, { recursive: true })).filter((name) =>
    /\.(js|css|html)$/.test(name),
  );
  await replaceIn(renderer, files, `${entry}.js`, "index-earlier.js");
  await rename(
    path.join(renderer, "assets", `${entry}.js`),
    path.join(renderer, "assets", "index-earlier.js"),
  );
  return path.join(dist, "cli.js");
}

async function replaceIn(folder: string, files: readonly string[], from: string, to: string): Promise<void> {
  let replaced = 0;
  for (const name of files) {
    const file = path.join(folder, name);
    const text = await readFile(file, "utf8");
    if (!text.includes(from)) continue;
    await writeFile(file, text.replaceAll(from, to));
    replaced += 1;
  }
  if (replaced === 0) throw new Error(`nowhere in ${folder}: ${from}`);
}
