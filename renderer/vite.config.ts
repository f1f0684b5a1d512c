import path from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The page: the same files for the window and for a browser's tab. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [react()],
  // No file of it may be inlined: the page's policy lets nothing run or load that is not a file of the host.
  build: {
    outDir: path.join(import.meta.dirname, "../dist/renderer"),
    emptyOutDir: true,
    target: "chrome140",
    assetsInlineLimit: 0,
    // One sheet for all parts: one that failed to load with its part is not asked for again.
    cssCodeSplit: false,
    // The grammars of a highlighter, loaded one by one when a diff has such a file.
    chunkSizeWarningLimit: 2000,
    sourcemap: true,
  },
  worker: { format: "es" },
});
