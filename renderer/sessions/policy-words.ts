/** What the policies mean, each in one sentence for a person. */
import type { ApprovalPolicy, SandboxMode } from "#shared/session/items.ts";

interface Words {
  readonly word: string;
  readonly meaning: string;
}

export const APPROVAL_WORDS: Readonly<Record<ApprovalPolicy, Words>> = {
  untrusted: {
    word: "Ask before most commands",
    meaning:
      "Only commands that are known to just read run by themselves; for every other one the agent waits for your yes.",
  },
  "on-request": {
    word: "Ask to leave the sandbox",
    meaning:
      "Commands run by themselves inside the sandbox; the agent asks you when one has to run outside of it.",
  },
  never: {
    word: "Never ask",
    meaning:
      "Commands run inside the sandbox without a question, and what the sandbox does not allow is refused.",
  },
};

export const SANDBOX_WORDS: Readonly<Record<SandboxMode, Words>> = {
  "read-only": {
    word: "Read only",
    meaning: "Commands can look at files and change none.",
  },
  "workspace-write": {
    word: "Write in its own worktree",
    meaning: "Commands can write in the session's own worktree and temporary folder, and nowhere else.",
  },
  "full-access": {
    word: "Full access",
    meaning:
      "Commands can read and write whatever you can, and reach the network. Only for tasks that you trust.",
  },
};
