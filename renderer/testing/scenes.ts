/** Fixture scenes: what the page shows when the log says this. */
import type { FleetState } from "../state/fleet.ts";
import type { ViewState } from "../state/view.ts";
import { createFixtureLog } from "./log.ts";
import type { FixtureLog } from "./log.ts";
import { tell } from "./story.ts";
import type { Story } from "./story.ts";

export interface Scene {
  readonly log: FixtureLog;
  readonly view: Partial<ViewState>;
  readonly connection: FleetState["connection"];
  /** False: the first view has not come. */
  readonly loaded: boolean;
  readonly cutOff: readonly string[];
}

const TEST_STEPS = [
  "Read the test suite and its helpers",
  "List the modules without a test",
  "Write test/cart.test.js",
  "Write test/prices.test.js",
  "Run the tests",
  "Fix what they find",
  "Run the linter",
];

const DOCKER_STEPS = [
  "Detect the stack",
  "Read package.json",
  "Write the Dockerfile",
  "Build the image",
  "Check that it answers",
];

const TEST_OUTPUT = `▶ cart
  ✔ an empty cart costs nothing (0.61 ms)
  ✔ two of one thing are one line (0.22 ms)
  ✖ a discount never makes a price negative (1.04 ms)
    AssertionError: Expected values to be strictly equal: -4 !== 0
        at test/cart.test.js:41:10
ℹ tests 3
ℹ pass 2
ℹ fail 1
`;

const running = (log: FixtureLog): Story =>
  tell(log, {
    id: "ses_tests",
    title: "Add the missing tests",
    task: "Add the missing tests and fix the bug that they find.",
    minutesAgo: 6,
  })
    .ready()
    .turn()
    .say("I read the suite first, then write the **missing tests** one module at a time.")
    .plan(0, TEST_STEPS)
    .read("list_files test")
    .read("read_file src/cart.js")
    .plan(2, TEST_STEPS)
    .think("cart.js has no test at all. The discount may go below zero: `total - discount`.")
    .change({ path: "test/cart.test.js", action: "add", added: 38, removed: 0 })
    .plan(3, TEST_STEPS)
    .run("node --test test/cart.test.js", { exit: 1, ms: 840, output: TEST_OUTPUT })
    .say(
      "One test fails, and rightly so: a discount larger than the total gives a negative price. I note it and go on with `prices.js`.",
    )
    .used(18_400, 1900, 0.09)
    .changed({ files: 2, added: 42, removed: 3 })
    .begin({
      kind: "command",
      command: "npm test --silent -- --test-reporter=spec",
      cwd: "",
      sandbox: "workspace-write",
    });

const needsApproval = (log: FixtureLog): Story =>
  tell(log, {
    id: "ses_docker",
    title: "Containerize the service",
    agent: "codex",
    model: "gpt-5.3-codex",
    minutesAgo: 11,
  })
    .ready()
    .turn()
    .plan(2, DOCKER_STEPS)
    .read("read_file package.json")
    .change({ path: "Dockerfile", action: "add", added: 24, removed: 0 })
    .say("The Dockerfile is written. To build it I need the network for the base image.")
    .used(9200, 800, 0.04)
    .changed({ files: 1, added: 24, removed: 0 })
    .plan(3, DOCKER_STEPS)
    .askToRun(
      "docker build --tag acme-api:check --file Dockerfile .",
      "It needs the network, which the sandbox does not give.",
    );

const needsAnswer = (log: FixtureLog): Story =>
  tell(log, {
    id: "ses_config",
    title: "Move the configuration to one file",
    agent: "claude",
    model: "opus-4.8",
    minutesAgo: 25,
  })
    .ready()
    .turn()
    .plan(1, [
      "Find every place that reads the environment",
      "Choose a format",
      "Move the values",
      "Run the tests",
    ])
    .run("rg -n 'process\\.env' src", {
      ms: 60,
      output:
        "src/server.js:4:const port = process.env.PORT;\nsrc/db.js:2:const url = process.env.DATABASE_URL;\n",
    })
    .used(5100, 400, 0.03)
    .ask("There are two formats in use here. Which should the one file have?", ["JSON", "YAML", "Keep both"]);

const failedTurn = (log: FixtureLog): Story =>
  tell(log, { id: "ses_upgrade", title: "Upgrade to Express 5", minutesAgo: 48 })
    .ready()
    .turn()
    .run("npm outdated", { exit: 1, ms: 2100, output: "express  4.21.2  5.1.0\n" })
    .used(3100, 200, 0.01)
    .failed(
      "The model provider did not answer, five times in a row.",
      "503 Service Unavailable\nupstream connect error",
    );

const interrupted = (log: FixtureLog): Story =>
  tell(log, { id: "ses_logging", title: "Structured logging in every handler", minutesAgo: 600 })
    .ready()
    .turn()
    .plan(3, [
      "Find the handlers",
      "Choose the fields",
      "Write src/log.js",
      "Use it in src/routes",
      "Run the tests",
    ])
    .change({ path: "src/log.js", action: "add", added: 31, removed: 0 })
    .used(12_000, 900, 0.06)
    .changed({ files: 4, added: 58, removed: 12 })
    .interrupted(
      "Oriel ended while `npm test` was running. The command had finished with exit 0; its result is attached. Nothing runs twice.",
    );

const readyToMerge = (log: FixtureLog): Story =>
  tell(log, { id: "ses_docs", title: "Write the API docs", minutesAgo: 32 })
    .ready()
    .turn("Write the API docs in docs/API.md from the source.")
    .plan(5, [
      "Read the routes",
      "Read the models",
      "Write docs/API.md",
      "Check the examples",
      "Link it from the README",
    ])
    .change(
      { path: "docs/API.md", action: "add", added: 118, removed: 0 },
      { path: "README.md", action: "update", added: 2, removed: 0 },
    )
    .run("node scripts/check-examples.js docs/API.md", { ms: 480, output: "12 examples, all run\n" })
    .say(
      "The API docs are in `docs/API.md`:\n\n- 9 routes, each with its input, output and errors\n- 12 examples, and each of them ran\n\n| route | examples |\n|---|---|\n| `GET /cart` | 3 |\n| `POST /cart/items` | 4 |\n",
    )
    .used(21_000, 2600, 0.12)
    .changed({ files: 2, added: 120, removed: 0 })
    .completed({ files: 2, added: 120, removed: 0 });

const idle = (log: FixtureLog): Story =>
  tell(log, { id: "ses_explain", title: "Explain how prices are rounded", minutesAgo: 90 })
    .ready()
    .turn()
    .read("read_file src/prices.js")
    .say("Prices are kept in cents and rounded half to even, in `src/prices.js:14`.")
    .used(2400, 150, 0.01)
    .completed({ files: 0, added: 0, removed: 0 });

const merged = (log: FixtureLog): Story =>
  tell(log, { id: "ses_lint", title: "Fix what the linter finds", minutesAgo: 170 })
    .ready()
    .turn()
    .run("npm run lint", { ms: 3300, output: "0 problems\n" })
    .say("All 14 findings are fixed.")
    .used(8800, 700, null)
    .changed({ files: 9, added: 31, removed: 47 })
    .completed({ files: 9, added: 31, removed: 47 })
    .merged("main");

const everyState = (log: FixtureLog): readonly Story[] => [
  merged(log),
  tell(log, { id: "ses_spike", title: "Try a queue instead of cron", minutesAgo: 900 })
    .ready()
    .turn()
    .say("A try.")
    .completed()
    .archived(),
  interrupted(log),
  idle(log),
  failedTurn(log),
  readyToMerge(log),
  needsAnswer(log),
  needsApproval(log),
  running(log),
  tell(log, { id: "ses_cache", title: "Cache the price list", minutesAgo: 1 }),
  tell(log, { id: "ses_types", title: "Add JSDoc types to the public functions", minutesAgo: 0.4 })
    .ready()
    .queued(),
];

const many = (log: FixtureLog): void => {
  everyState(log);
  const chores = [
    "Retry the webhook",
    "Rate limits for each key",
    "Drop the old endpoints",
    "Health check",
    "Pagination of orders",
    "Trace ids",
    "Mend the flaky login test",
    "Smaller image",
    "A longer title, which says in full what this session is about so that no two are alike, and then some",
  ];
  for (const [index, title] of chores.entries()) {
    tell(log, { id: `ses_more_${index}`, title, minutesAgo: 20 + index })
      .ready()
      .turn()
      .plan(index % 6, TEST_STEPS.slice(0, 6))
      .run(`npm test -- --only ${index}`, { ms: 900 + index * 100, output: "ok\n" })
      .used(4000, 300, 0.02)
      .changed({ files: index + 1, added: 12 * index, removed: 5 * index });
  }
};

const LONG_TITLE =
  "Make every public function of the billing module refuse negative amounts, amounts in another currency and amounts with more than two decimals";

const long = (log: FixtureLog): void => {
  tell(log, { id: "ses_long", title: LONG_TITLE.slice(0, 120), task: LONG_TITLE, minutesAgo: 4 })
    .ready()
    .turn()
    .plan(1, [LONG_TITLE, `Write a very_long_identifier_${"without_a_place_to_break_".repeat(6)}`, "Run"])
    .run(`node --test ${"test/a-folder-with-a-long-name/".repeat(8)}billing.test.js`, {
      exit: 1,
      output: `${"x".repeat(400)}\n`.repeat(60),
    })
    .say(
      `A word without an end: ${"abcdefghij".repeat(30)}\n\n\`\`\`js\nconst ${"long".repeat(60)} = 1;\n\`\`\``,
    )
    .used(1_400_000, 90_000, 12.4)
    .changed({ files: 412, added: 18_204, removed: 9120 })
    .begin({ kind: "command", command: `rg -n ${"pattern|".repeat(40)}`, cwd: "" });
  needsApproval(log);
};

/** Who was cut off overnight, for "While you were away". */
const away = (log: FixtureLog): void => {
  interrupted(log);
  tell(log, { id: "ses_orders", title: "Pagination of orders", minutesAgo: 640 })
    .ready()
    .turn()
    .plan(1, ["Read the route", "Write the query", "Run the tests"])
    .begin({ kind: "command", command: "npm test", cwd: "" })
    .interrupted("Oriel ended while `npm test` was running. Whether it finished is not known.");
  readyToMerge(log);
};

const PROJECT_ID = "prj_acme";

function scene(tellAll: (log: FixtureLog) => unknown, more: Partial<Omit<Scene, "log">> = {}): Scene {
  const log = createFixtureLog();
  log.append(
    `project/${PROJECT_ID}`,
    "project.added",
    { path: "/home/ada/code/acme-api", name: "acme-api" },
    Date.now() - 864e5,
  );
  tellAll(log);
  return { log, view: {}, connection: "connected", loaded: true, cutOff: [], ...more };
}

const three = { panes: ["ses_tests", "ses_docs", "ses_docker"], focused: "ses_tests" };
const nothing = (): void => undefined;

export const SCENES = {
  /** Three side by side: at work, ready, asking. */
  columns: () => scene(everyState, { view: { layout: "columns", ...three } }),
  two: () =>
    scene(everyState, {
      view: { layout: "columns", panes: ["ses_tests", "ses_docs"], focused: "ses_tests" },
    }),
  six: () =>
    scene(everyState, {
      view: {
        layout: "columns",
        panes: ["ses_tests", "ses_docs", "ses_docker", "ses_config", "ses_upgrade", "ses_logging"],
        focused: "ses_config",
      },
    }),
  wall: () => scene(everyState, { view: { layout: "wall", ...three } }),
  focus: () => scene(everyState, { view: { layout: "focus", ...three } }),
  approval: () =>
    scene(everyState, { view: { layout: "columns", panes: ["ses_docker"], focused: "ses_docker" } }),
  question: () =>
    scene(everyState, { view: { layout: "columns", panes: ["ses_config"], focused: "ses_config" } }),
  failed: () =>
    scene(everyState, {
      view: { layout: "columns", panes: ["ses_upgrade", "ses_logging"], focused: "ses_upgrade" },
    }),
  preparing: () =>
    scene(everyState, {
      view: { layout: "columns", panes: ["ses_cache", "ses_types"], focused: "ses_cache" },
    }),
  many: () => scene(many, { view: { layout: "columns", ...three } }),
  "many-wall": () => scene(many, { view: { layout: "wall", ...three } }),
  long: () =>
    scene(long, { view: { layout: "columns", panes: ["ses_long", "ses_docker"], focused: "ses_long" } }),
  "long-wall": () => scene(long, { view: { layout: "wall", panes: [], focused: "ses_long" } }),
  away: () =>
    scene(away, {
      view: { layout: "columns", panes: ["ses_logging", "ses_docs"], focused: "ses_logging" },
      cutOff: ["ses_logging", "ses_orders"],
    }),
  palette: () => scene(everyState, { view: { layout: "columns", ...three, dialog: "palette" } }),
  shortcuts: () => scene(everyState, { view: { layout: "columns", ...three, dialog: "shortcuts" } }),
  merge: () =>
    scene(everyState, { view: { layout: "columns", ...three, focused: "ses_docs", dialog: "merge" } }),
  /** As on a phone that has left the list. */
  pane: () => scene(everyState, { view: { layout: "columns", ...three, sidebarOpen: false } }),
  "pane-asks": () =>
    scene(everyState, { view: { layout: "columns", ...three, focused: "ses_docker", sidebarOpen: false } }),
  settings: () => scene(everyState, { view: { layout: "columns", ...three, dialog: "settings" } }),
  "new-session": () => scene(everyState, { view: { layout: "columns", ...three, dialog: "new-session" } }),
  "add-project": () => scene(everyState, { view: { layout: "columns", ...three, dialog: "add-project" } }),
  terminal: () =>
    scene(everyState, { view: { layout: "columns", ...three, tabs: { ses_tests: "terminal" } } }),
  diff: () =>
    scene(everyState, {
      view: { layout: "columns", ...three, tabs: { ses_tests: "diff", ses_docs: "diff" } },
    }),
  lost: () => scene(everyState, { view: { layout: "columns", ...three }, connection: "lost" }),
  refused: () => scene(everyState, { view: { layout: "columns", ...three }, connection: "refused" }),
  loading: () => scene(nothing, { connection: "connecting", loaded: false }),
  /** A project without a session. */
  empty: () => scene(nothing),
  /** Nothing at all. */
  "first-run": (): Scene => ({
    log: createFixtureLog(),
    view: {},
    connection: "connected",
    loaded: true,
    cutOff: [],
  }),
} satisfies Record<string, () => Scene>;

export type SceneName = keyof typeof SCENES;
