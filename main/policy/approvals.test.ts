import { describe, expect, test } from "vitest";
import { decide, type Decision } from "./approvals.ts";
import { isSafeCommand } from "./safe-commands.ts";
import { simpleCommands } from "./shell-words.ts";

const SANDBOXES = ["read-only", "workspace-write", "full-access"] as const;

const short = (decision: Decision): string =>
  decision.kind === "refuse" ? "refuse" : `${decision.kind} ${decision.sandbox}`;

/** Rows: policy, sandboxed or not, then what happens to a safe command, another one, and an escalated one. */
const TABLE: readonly (readonly [
  approval: "untrusted" | "on-request" | "never",
  sandboxed: boolean,
  (sandbox: string) => { safe: string; other: string; escalated: string },
])[] = [
  [
    "untrusted",
    true,
    (own) => ({
      safe: `run ${own}`,
      other: `ask ${own}`,
      escalated: own === "full-access" ? `ask ${own}` : "ask full-access",
    }),
  ],
  [
    "on-request",
    true,
    (own) => ({
      safe: `run ${own}`,
      other: `run ${own}`,
      escalated: own === "full-access" ? `run ${own}` : "ask full-access",
    }),
  ],
  [
    "never",
    true,
    (own) => ({
      safe: `run ${own}`,
      other: `run ${own}`,
      escalated: own === "full-access" ? `run ${own}` : "refuse",
    }),
  ],
  ["untrusted", false, () => ({ safe: "ask none", other: "ask none", escalated: "ask none" })],
  ["on-request", false, () => ({ safe: "ask none", other: "ask none", escalated: "ask none" })],
  ["never", false, () => ({ safe: "refuse", other: "refuse", escalated: "refuse" })],
];

describe.each(TABLE)("approval %s, sandboxed %s", (approval, sandboxed, expected) => {
  test.each(SANDBOXES)("in %s", (sandbox) => {
    const base = { approval, sandbox, sandboxed };
    expect({
      safe: short(decide({ ...base, command: "git status" })),
      other: short(decide({ ...base, command: "npm test" })),
      escalated: short(decide({ ...base, command: "npm publish", escalate: { reason: "because" } })),
    }).toEqual(expected(sandbox));
  });
});

test("an escalation is asked for in the agent's own words, and refused with a word to the model", () => {
  const request = {
    sandbox: "workspace-write",
    sandboxed: true,
    command: "x",
    escalate: { reason: "needs docker" },
  } as const;
  expect(decide({ ...request, approval: "on-request" })).toEqual({
    kind: "ask",
    reason: "needs docker",
    sandbox: "full-access",
  });
  expect(decide({ ...request, approval: "never" })).toEqual({
    kind: "refuse",
    failure: {
      code: "never_policy",
      message: expect.stringContaining("never asks"),
      hint: expect.any(String),
    },
  });
});

test.each([
  "ls",
  "ls -la src",
  "cat 'a b.txt' \"c d\"",
  "rg -n --glob '*.ts' 'foo|bar' src",
  "rg -e --pre=cat src",
  "git status",
  "git status --short && git diff --stat; git log --oneline -5 | head -n 3",
  "git log -n 5 --format='%h %s'",
  "git show HEAD:src/a.ts",
  "git diff HEAD~1 -- src/a.ts",
  "find . -name '*.ts' -type f",
  "head -20 README.md",
  "cut -d: -f1 /etc/passwd | sort -u | uniq -c",
  "grep -rn 'a;b' . || true",
  "wc -l a b;",
  "pwd",
])("only reads: %s", (line) => {
  expect(isSafeCommand(line)).toBe(true);
});

test.each([
  "",
  " ",
  "rm -rf .",
  "./ls",
  "/bin/ls",
  "A=b ls",
  "GIT_PAGER=evil git log",
  "git -c core.pager=evil log",
  "git -C /elsewhere status",
  "git --exec-path=/evil status",
  "git -p log",
  "git diff --output=x",
  "git diff --outpu=x",
  "git diff --ext-diff",
  "git log --textconv",
  "git log --show-signature",
  "git diff --no-index a b",
  "git grep -O a",
  "git grep --open-files-in-pager=evil a",
  "git branch new",
  "git branch -D old",
  "git tag v1",
  "git remote add x y",
  "git push",
  "git commit -m x",
  "git constructor",
  "git",
  "rg --pre evil x",
  "rg --pre=evil x",
  "rg -z x",
  "rg --hostname-bin=evil x",
  "find . -exec rm {} +",
  "find . -execdir rm x",
  "find . -delete",
  "find . -fprint x",
  "find . -ok rm x",
  "find . -name -o -exec rm",
  "sort -o x y",
  "sort -uo x y",
  "sort -ox y",
  "sort --output=x y",
  "sort --compress-program=evil y",
  "uniq a b",
  "tree -o x",
  "tail -f x",
  "file -C -m x",
  "ls\nrm x",
  "ls\r\nrm x",
  "ls & rm x",
  "ls && rm x",
  "ls; rm x",
  "ls | sh",
  "ls |& sh",
  "ls || rm x",
  "ls > x",
  "ls >x",
  "cat < x",
  "cat <<x",
  "cat <(rm x)",
  "ls $(rm x)",
  "ls `rm x`",
  'ls "$(rm x)"',
  'ls "`rm x`"',
  "ls $HOME",
  "ls ${x:=y}",
  "ls *",
  "rg x *",
  "ls ~root",
  "ls {a,b}",
  "(ls)",
  "{ ls; }",
  "! ls",
  "ls # comment",
  "ls \\\nx",
  "l\\s",
  "ls 'unclosed",
  'ls "unclosed',
  "ls;; pwd",
  "; ls",
  "&& ls",
  "ls &&",
  "ls && && pwd",
  "ls\u00a0x",
  "ls\0x",
  "ls \u001b[0m",
  "'ls' '\n'",
  "eval ls",
  "command ls",
  "env ls",
  "sudo ls",
  "xargs rm",
  "awk 'BEGIN{system(\"x\")}'",
  "sed -n '1e evil' x",
  "constructor",
  "__proto__ x",
])("may do more: %j", (line) => {
  expect(isSafeCommand(line)).toBe(false);
});

test("a plain line is split where the shell splits it", () => {
  expect(simpleCommands(`git log --format='%h %s' -- "a b"c | head -3;`)).toEqual([
    ["git", "log", "--format=%h %s", "--", "a bc"],
    ["head", "-3"],
  ]);
});
