import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{app,main,shared,scripts,e2e}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    maxWorkers: 3,
    // A limit that ends a hung test; no test asserts a time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { shuffle: true },
    reporters: ["default", "./scripts/closing-line.mjs"],
  },
});
