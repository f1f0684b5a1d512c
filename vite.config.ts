import { existsSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { defineConfig, type Plugin } from "vite";

/**
 * What Oriel runs: flat files in dist/, so that `new URL("./x.js", import.meta.url)` finds a worker from whichever
 * chunk the call ended up in.
 */
const ENTRIES = {
  cli: "app/cli/main.ts",
  host: "app/host/main.ts",
  daemon: "app/daemon/main.ts",
  "log-worker": "main/storage/log-worker.ts",
  "screen-worker": "main/daemon/screen-worker.ts",
  electron: "app/electron/main.ts",
};

const root = import.meta.dirname;

/** Copies what is read as files at run time, and makes the folder a module folder wherever it is copied to. */
function copyFiles(): Plugin {
  return {
    name: "oriel-copy-files",
    async writeBundle({ dir = "dist" }) {
      const sample = path.join(root, "main/agent/models/offline/sample");
      if (existsSync(sample)) await cp(sample, path.join(dir, "sample"), { recursive: true });
      await cp(path.join(root, "app/electron/preload.cjs"), path.join(dir, "preload.cjs"));
      await writeFile(path.join(dir, "package.json"), '{ "type": "module" }\n');
    },
  };
}

export default defineConfig({
  root,
  publicDir: false,
  plugins: [copyFiles()],
  resolve: { conditions: ["node"] },
  ssr: {
    target: "node",
    noExternal: true,
    // They load a binary that lies beside their own files; Electron gives its own module.
    external: ["better-sqlite3", "node-pty", "electron"],
  },
  build: {
    ssr: true,
    target: "node24",
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, path.join(root, file)])),
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name].js" },
    },
  },
});
