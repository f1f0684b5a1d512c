/** A day's work on a real package: delegated in one command, watched, merged, archived, brought back. */
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { isKnown } from "#shared/session/events.ts";
import type { Event } from "#shared/session/events.ts";
import { digestOf } from "../driver/digest.ts";
import { createOriel } from "../driver/oriel.ts";
import type { RunningCommandLine } from "../driver/oriel.ts";
import { createRepository, git } from "../driver/repository.ts";

/** From the npm registry, as `npm install` unpacked it: MIT, without dependencies. */
const PACKAGE = fileURLToPath(new URL("../../node_modules/ws", import.meta.url));

const TASKS = {
  tests: "Add the missing tests",
  lint: "Fix lint in the limiter",
  docs: "Write the API docs",
} as const;

const plan = (...statuses: string[]) => {
  const texts = ["Look around", "Do it", "Check it"];
  const steps = statuses.map((status, index) => ({ text: texts[index], status }));
  return call("update_plan", { explanation: null, steps });
};

/** Holds a session in its first command until the test has seen all of them there. */
const meet = shellCall("until [ -e .gate ]; do sleep 0.02; done; rm .gate; ls lib | head -3");

const TEST_FILE = [
  "'use strict';",
  "const assert = require('node:assert');",
  "const { test } = require('node:test');",
  "const { parse } = require('../lib/subprotocol');",
  "test('parses a list', () => assert.deepStrictEqual([...parse('a, b')], ['a', 'b']));",
  "test('refuses a name twice', () => assert.throws(() => parse('a, a'), SyntaxError));",
];
const addTests = call("apply_patch", {
  patch: [
    "*** Begin Patch",
    "*** Add File: test/subprotocol.test.js",
    ...TEST_FILE.map((line) => `+${line}`),
    "*** End Patch",
  ].join("\n"),
});
const fixLint = call("apply_patch", {
  patch: [
    "*** Begin Patch",
    "*** Update File: lib/limiter.js",
    "@@",
    "+// Limits how many jobs run at once.",
    " 'use strict';",
    "*** End Patch",
  ].join("\n"),
});
/** Work as real tools leave it: untracked, ignored, executable, read-only, linked, in repositories of its own. */
const leaveThings = [
  "mkdir -p docs build vendor/dep && grep -h '@param' lib/*.js | sort -u > docs/api.md",
  "echo 'build/' > .gitignore && echo artifact > build/out.bin && ln -s ../docs/api.md build/link && ln -s nowhere build/dangling",
  "echo '#!/bin/sh' > build/run.sh && chmod 755 build/run.sh && echo secret > build/key && chmod 400 build/key && mkfifo build/pipe",
  "git init -q vendor/dep && cd vendor/dep && echo dep > dep.txt && git add . && git -c user.name=D -c user.email=d@example.com commit -qm dep",
].join(" && ");

test("three tasks on a real package: one is merged, one archived and restored byte for byte", async () => {
  await using server = await startModelServer([
    {
      match: TASKS.tests,
      steps: [
        plan("in_progress", "pending", "pending"),
        meet,
        addTests,
        plan("completed", "completed", "in_progress"),
        shellCall("node --test test/"),
        plan("completed", "completed", "completed"),
        say("Two tests, both pass."),
      ],
    },
    {
      match: TASKS.lint,
      steps: [
        plan("completed", "in_progress", "pending"),
        meet,
        fixLint,
        shellCall("node --check lib/limiter.js && git commit -qam 'Say what the limiter does'"),
        say("Committed."),
      ],
    },
    {
      match: TASKS.docs,
      steps: [plan("completed", "in_progress", "pending"), meet, shellCall(leaveThings), say("Written.")],
    },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-none" });
  const project = path.join(oriel.root, "ws");
  await cp(PACKAGE, project, { recursive: true });
  await createRepository(project, {});
  const untouched = await personOf(project);

  const tasks = Object.values(TASKS).flatMap((task) => ["--task", task]);
  const ran = oriel.start("run", "--project", project, ...tasks, "--json");
  const worktrees = await first(ran, 3, (event) =>
    event.type === "worktree.ready" ? event.body.path : null,
  );
  // All three are in the middle of a command at once.
  await first(ran, 3, (event) =>
    event.type === "item.started" && event.body.content.kind === "command" ? event : null,
  );
  expect(ran.events.some((event) => event.type === "turn.completed")).toBe(false);
  for (const worktree of worktrees) await writeFile(path.join(worktree, ".gate"), "");
  const { exitCode, stderr } = await ran.finished;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });

  expect(await personOf(project)).toEqual(untouched);
  const branches = [
    "oriel/add-the-missing-tests",
    "oriel/fix-lint-in-the-limiter",
    "oriel/write-the-api-docs",
  ];
  expect(
    (await git(project, "branch", "--list", "oriel/*", "--format=%(refname:short)")).split("\n"),
  ).toEqual(branches);
  const events = ran.events.filter(isKnown);
  const created = events.filter((event) => event.type === "session.created");
  expect(created.map((event) => event.body.roots[0]?.branch)).toEqual(branches);
  const idOf = (task: string): string =>
    created.find((event) => event.body.task === task)?.stream.slice("session/".length) ?? "";
  const shown = (task: string) => storyOf(events.filter((event) => event.stream === `session/${idOf(task)}`));
  expect(shown(TASKS.tests)).toMatchObject({
    plan: ["completed", "completed", "completed"],
    exits: [0, 0],
    changed: [{ path: "test/subprotocol.test.js", action: "add", added: 6, removed: 0 }],
    changes: { files: 1, added: 6, removed: 0 },
  });
  expect(shown(TASKS.lint)).toMatchObject({
    exits: [0, 0],
    changed: [{ path: "lib/limiter.js", action: "update", added: 1, removed: 0 }],
    changes: { files: 1, added: 1, removed: 0 },
  });
  expect(shown(TASKS.docs)).toMatchObject({ exits: [0, 0], changed: [], changes: { files: 2 } });

  const merged = await oriel.run("merge", idOf(TASKS.tests), "--json");
  expect({ exitCode: merged.exitCode, stderr: merged.stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(await readFile(path.join(project, "test/subprotocol.test.js"), "utf8")).toBe(
    `${TEST_FILE.join("\n")}\n`,
  );
  expect(await git(project, "status", "--porcelain")).toBe("");
  expect(await git(project, "log", "-1", "--format=%an: %s")).toBe(`A Person: ${TASKS.tests}`);

  const docs = idOf(TASKS.docs);
  const places = [path.join(oriel.dataDir, "worktrees", docs), path.join(oriel.dataDir, "git", docs)];
  const before = await Promise.all(places.map((place) => digestOf(place)));
  expect(Object.keys(before[0] ?? {})).toEqual(
    expect.arrayContaining(
      ["vendor/dep/.git/HEAD", "build/key", "build/dangling", "build/pipe"].map((name) =>
        expect.stringContaining(name),
      ),
    ),
  );
  expect(summary.parse(JSON.parse((await oriel.run("archive", docs, "--json")).stdout)).state).toBe(
    "archived",
  );
  await Promise.all(places.map((place) => expect(digestOf(place)).rejects.toThrow("ENOENT")));
  expect(summary.parse(JSON.parse((await oriel.run("restore", docs, "--json")).stdout)).state).toBe("ready");
  expect(await Promise.all(places.map((place) => digestOf(place)))).toEqual(before);
});

const summary = z.looseObject({ state: z.string() });

/** What a session must never change of the person's: files with their times, index, configuration, hooks, branch. */
async function personOf(project: string) {
  const ref = await git(project, "rev-parse", "--symbolic-full-name", "HEAD");
  return {
    files: await digestOf(project, [".git"]),
    index: (await readFile(path.join(project, ".git/index"))).toString("base64"),
    config: await readFile(path.join(project, ".git/config"), "utf8"),
    hooks: await digestOf(path.join(project, ".git/hooks")),
    head: [ref, await git(project, "rev-parse", "HEAD")],
  };
}

/** What `pick` makes of the events printed already or later: the first `count` that are not null. */
async function first<Value>(
  ran: RunningCommandLine,
  count: number,
  pick: (event: Event) => Value | null,
): Promise<readonly Value[]> {
  const picked = () => ran.events.filter(isKnown).flatMap((event) => pick(event) ?? []);
  await ran.event(() => picked().length >= count);
  return picked();
}

/** What the events tell of a session's work. */
function storyOf(events: readonly Event[]) {
  const contents = events.flatMap((event) => (event.type === "item.completed" ? [event.body.content] : []));
  const ended = events.find((event) => event.type === "turn.completed");
  return {
    plan: events.findLast((event) => event.type === "plan.updated")?.body.steps.map(({ status }) => status),
    exits: contents.flatMap((content) => (content.kind === "command" ? [content.exitCode] : [])),
    changed: contents.flatMap((content) => (content.kind === "file_change" ? content.changes : [])),
    changes: ended?.body.changes,
  };
}
