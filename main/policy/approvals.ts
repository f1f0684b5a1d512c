import type { Failure } from "#shared/kernel/failure.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { ApprovalPolicy, SandboxMode } from "#shared/session/items.ts";
import { isSafeCommand } from "./safe-commands.ts";

export interface DecisionRequest {
  readonly approval: ApprovalPolicy;
  readonly sandbox: SandboxMode;
  /** Whether a sandbox can be had on this machine. */
  readonly sandboxed: boolean;
  /** The shell line. */
  readonly command: string;
  /** Known to only read, whatever the line looks like. */
  readonly reads?: true | undefined;
  /** Where the agent asks to run outside its sandbox: why. */
  readonly escalate?: { readonly reason: string } | undefined;
}

export type Decision =
  /** Start it, in this. */
  | { readonly kind: "run"; readonly sandbox: SandboxMode | "none" }
  /** Ask the person, for this reason; after a yes, start it in `sandbox`. */
  | { readonly kind: "ask"; readonly reason: string; readonly sandbox: SandboxMode | "none" }
  /** Don't start it; the failure is written for the model. */
  | { readonly kind: "refuse"; readonly failure: Failure<"never_policy"> };

/**
 * Whether a command of an agent may run, must be asked for, or is refused.
 * An escalation that a person approves runs in `full-access`: its tree still ends together and never sees `state/`.
 */
export function decide(request: DecisionRequest): Decision {
  if (!request.sandboxed) return withoutSandbox(request.approval);
  if (request.escalate !== undefined && request.sandbox !== "full-access") {
    return request.approval === "never"
      ? refuse(
          "This session never asks, so nothing can run outside its sandbox.",
          "Do it with what the sandbox allows, or say in your final message what is left for the person to run.",
        )
      : { kind: "ask", reason: request.escalate.reason, sandbox: "full-access" };
  }
  return withSandbox(request);
}

function withoutSandbox(approval: ApprovalPolicy): Decision {
  switch (approval) {
    case "untrusted":
    case "on-request":
      return {
        kind: "ask",
        reason: "There is no sandbox here: the command can touch whatever you can.",
        sandbox: "none",
      };
    case "never":
      return refuse(
        "Commands can't run here: this machine has no sandbox, and this session never asks.",
        "Work with the file tools, and say in your final message what is left for the person to run.",
      );
    default:
      return assertNever(approval);
  }
}

function withSandbox({ approval, sandbox, command, reads }: DecisionRequest): Decision {
  switch (approval) {
    case "untrusted":
      return reads || isSafeCommand(command)
        ? { kind: "run", sandbox }
        : { kind: "ask", reason: "The command is not on the list of those that only read.", sandbox };
    case "on-request":
    case "never":
      return { kind: "run", sandbox };
    default:
      return assertNever(approval);
  }
}

function refuse(message: string, hint: string): Decision {
  return { kind: "refuse", failure: { code: "never_policy", message, hint } };
}
