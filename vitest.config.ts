import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{app,main,renderer,shared,scripts,e2e}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "main/agent/models/offline/sample/**", "e2e/fixtures/**/files/**"],
    globalSetup: "e2e/driver/test-pages.ts",
    // A process each: tests change folders, get signals and load native modules.
    pool: "forks",
    // Most of a test's time is git, SQLite or a shell at work, so one more than the two cores that CI has.
    maxWorkers: 3,
    // Ends a test that hangs, on however slow a machine; no test asserts a time.
    testTimeout: 240_000,
    // A hook builds the page and starts a browser.
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    // vitest's own limit is one second, which a busy machine has used up before the page is asked twice.
    expect: { poll: { timeout: 30_000 } },
    sequence: { shuffle: true },
    reporters: ["default", "./scripts/closing-line.mjs"],
  },
});
