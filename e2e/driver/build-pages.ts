/** A worker: posts the files of the pages in `workerData`, built in memory as people get them, as a map by path. */
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { build } from "vite";

const RENDERER = path.join(import.meta.dirname, "../../renderer");
const pages: Readonly<Record<string, string>> = workerData;

const built = await build({
  configFile: path.join(RENDERER, "vite.config.ts"),
  logLevel: "error",
  build: {
    write: false,
    minify: false,
    sourcemap: false,
    rolldownOptions: {
      input: Object.fromEntries(
        Object.entries(pages).map(([name, file]) => [name, path.join(RENDERER, file)]),
      ),
    },
  },
});
if (!Array.isArray(built) && !("output" in built)) throw new Error("a build that watches has no output");
parentPort?.postMessage(
  new Map(
    (Array.isArray(built) ? built : [built]).flatMap(({ output }) =>
      output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source] as const),
    ),
  ),
);
