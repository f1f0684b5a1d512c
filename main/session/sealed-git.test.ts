import { lstat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { Reply } from "#main/agent/testing/model-server/script.ts";
import { gitIn } from "#main/git/testing/repositories.ts";
import { realSandbox } from "#main/policy/sandbox/testing.ts";
import { createWorld, isOver } from "./testing/world.ts";

const sandbox = await realSandbox();

test.skipIf(sandbox === null)(
  "git of a person in the worktree runs nothing that the agent chose",
  async () => {
    const lines: Reply[] = [];
    await using world = await createWorld([
      { match: "", steps: Array.from({ length: 12 }, (_, at) => () => lines[at] ?? say("Done.")) },
    ]);
    // Outside of what the sandbox lets be written: whoever makes it is not in there.
    const mark = path.join(world.root, "ran");
    const evil = `touch ${mark}; false`;
    const attacks = [
      `git config core.fsmonitor '${evil}'`,
      `printf '[core]\\n\\tfsmonitor = "${evil}"\\n' >> "$(git rev-parse --git-dir)/config"`,
      `cd "$(git rev-parse --git-dir)" && mv config old && printf '[core]\\n\\tfsmonitor = "${evil}"\\n' > config`,
      `mkdir .x && cp -r "$(git rev-parse --git-dir)/." .x/ && git config -f .x/config core.fsmonitor '${evil}' && echo "$PWD/.x" > "$(git rev-parse --git-dir)/commondir"`,
      `cd "$(git rev-parse --git-dir)" && rm commondir`,
      `printf '#!/bin/sh\\n${evil}\\n' > "$(git rev-parse --git-dir)/hooks/pre-commit" && chmod +x "$(git rev-parse --git-dir)/hooks/pre-commit"`,
    ];
    const work = [
      "rm -rf .x && git checkout -q -b x origin/main && echo two >> a.txt && git stash -q && git stash pop -q",
      "git commit -qam two && git rebase -q main && git branch y && git branch -D y && git tag t && git fetch -q",
    ];
    lines.push(...[...attacks, ...work].map((line) => shellCall(line)));

    await using host = await world.start();
    const session = await host.create();
    const { worktree } = await host.until(session, isOver);
    const commands = (await host.history(session)).flatMap((event) =>
      event.type === "item.completed" && event.body.content.kind === "command" ? [event.body] : [],
    );
    const statuses = commands.map(({ status }) => status);
    expect(statuses).toEqual([...attacks.map(() => "failed"), ...work.map(() => "completed")]);

    await gitIn(worktree ?? "", "status");
    await gitIn(worktree ?? "", "commit", "-q", "--allow-empty", "-m", "mine");
    expect(await lstat(mark).catch(() => null)).toBe(null);
  },
);
