import { realpath } from "node:fs/promises";
import path from "node:path";
import type { CommandRequest, Commands, FinishedCommand, RunningCommand, CommandRefusal } from "#main/agent/agent.ts";
import type { CommandState, DaemonClient } from "#main/daemon/client.ts";
import { decide } from "#main/policy/approvals.ts";
import { blockedWrites } from "#main/policy/sandbox/blocked.ts";
import { wrapCommand } from "#main/policy/sandbox/wrap.ts";
import type { Sandbox, SandboxPolicy } from "#main/policy/sandbox/wrap.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { SandboxMode } from "#shared/session/items.ts";
import { storeOutput } from "./output.ts";
import { requestApproval } from "./person.ts";
import type { HeldPlace } from "./person.ts";
import type { SessionRecord } from "./record.ts";

/** The daemon keeps this much of a command's output until it is in the log: half from its head, half from its tail. */
const KEEP_BYTES = 1024 * 1024;

export interface CommandServices {
  daemon(): Promise<DaemonClient>;
  readonly sandbox: Sandbox;
  /** What a command of this session may touch. */
  policyFor(record: SessionRecord, mode: SandboxMode, proxySocket: string | null): SandboxPolicy;
  /** Hosts that commands may reach. */
  readonly allowHosts: readonly string[];
  redact(text: string): string;
  putBlob(bytes: Uint8Array): Promise<{ hash: string }>;
}
