/**
 * What host and daemon say to each other. Shapes only grow, so that hosts and daemons of all versions understand each other:
 * drain.test.ts has a frozen daemon of the first version. Where that can't be, PROTOCOL rises, which has sockets of its own
 * (endpoint.ts); a host must then look for the older ones too, or what they run is not seen.
 */
import { z } from "zod";
import { encodeFrame } from "./frames.ts";

export const PROTOCOL = 1;

/** A host sends environments and typed text, never bulk. */
export const MAX_FRAME_TO_DAEMON = 4 * 1024 * 1024;
/** A daemon sends whole screens: see MAX_SCREEN_BYTES in screen.ts. */
export const MAX_FRAME_TO_CLIENT = 32 * 1024 * 1024;
/** One `read` at most, so that an answer never fills a client's outbox alone. */
export const MAX_READ_BYTES = 1024 * 1024;

export const FRAME = {
  /** JSON: one of the messages below. */
  control: 1,
  /** u32 ref, u64 offset, bytes: live output, where `ref` is the call that asked for it. */
  output: 2,
  /** u32 ref, bytes: belongs to the next control message with the same ref. */
  attachment: 3,
} as const;

const failure = z.object({
  code: z.string(),
  message: z.string(),
  kept: z.string().optional(),
  hint: z.string().optional(),
  details: z.string().optional(),
});

const ref = z.number().int().min(0).max(0xffffffff);

export const toDaemon = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), protocol: z.number().int(), token: z.string() }),
  z.object({ type: z.literal("call"), ref, verb: z.string(), input: z.unknown() }),
]);
export type ToDaemon = z.infer<typeof toDaemon>;

/** A prompt of the shell, and what became of the command typed there. */
export const commandMark = z.object({
  /** Of the prompt, from the first line of the screen's text. */
  line: z.number().int(),
  /** `prompt`: nothing was run there yet. */
  state: z.enum(["prompt", "running", "done"]),
  /** Null until it is known. */
  exitCode: z.number().int().nullable(),
});
export type CommandMark = z.infer<typeof commandMark>;

/** What a subscription (`watch`, `attachTerminal`) is told besides its bytes. */
export const subscriptionEvent = z.discriminatedUnion("kind", [
  /** The client was too slow: bytes from `from` up to `to` were not sent; `read` has what was kept of them. */
  z.object({ kind: z.literal("gap"), from: z.number().int(), to: z.number().int() }),
  /** A whole screen (its text is the attachment), true at byte `offset`; the live bytes go on from there. */
  z.object({
    kind: z.literal("screen"),
    offset: z.number().int(),
    cols: z.number().int(),
    rows: z.number().int(),
    title: z.string(),
    cwd: z.string().nullable(),
    /** Absent in what the first daemons say. */
    marks: z.array(commandMark).readonly().default([]),
    markKey: z.string().nullable().default(null),
    /** There is more scrollback: a short screen was asked for. */
    short: z.boolean().default(false),
  }),
]);
export type SubscriptionEvent = z.infer<typeof subscriptionEvent>;

export const toClient = z.discriminatedUnion("type", [
  z.object({ type: z.literal("welcome"), instance: z.string(), pid: z.number().int(), version: z.string() }),
  z.object({ type: z.literal("refused"), failure }),
  z.object({ type: z.literal("reply"), ref, value: z.unknown() }),
  z.object({ type: z.literal("failed"), ref, failure }),
  z.object({ type: z.literal("event"), ref, event: subscriptionEvent }),
]);
export type ToClient = z.infer<typeof toClient>;

/** Chosen by the host, unique for ever: it names what runs in the log, in the environment and in the path of a socket. */
const id = z.string().regex(/^[\w.:-]{1,128}$/);
const size = z.number().int().min(1).max(10_000);

export const commandSpec = z.object({
  id,
  session: z.string(),
  argv: z.array(z.string()).min(1).readonly(),
  /** Absolute. */
  cwd: z.string().min(1),
  /** The whole environment: nothing of the daemon's own is added but the marker ORIEL_COMMAND. */
  env: z.record(z.string(), z.string()),
  /** Starts a proxy at `proxySocket(id)` that lets these hosts through. */
  network: z.object({ allow: z.array(z.string()).readonly() }).optional(),
  /** Bytes of output to keep: the first half and the last half of it; what is between is counted and dropped. */
  keepBytes: z
    .number()
    .int()
    .min(2)
    .max(64 * 1024 * 1024),
  /** False: the command reads an empty input. Tools such as ripgrep read a pipe instead of the folder when they get one. */
  input: z.boolean().optional(),
  /** Gives the command a pipe, numbered by ORIEL_LIFELINE, that ends when the daemon does. */
  lifeline: z.boolean().optional(),
});
export type CommandSpec = z.infer<typeof commandSpec>;

export const exitOf = z.object({
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  durationMs: z.number(),
  /** Milliseconds since the epoch. */
  at: z.number(),
});
export type CommandExit = z.infer<typeof exitOf>;

export const commandState = z.object({
  id: z.string(),
  session: z.string(),
  pid: z.number().int(),
  startedAt: z.number(),
  exit: exitOf.nullable(),
  /** Bytes of output so far, also those that were not kept. */
  total: z.number().int(),
  /** What the proxy denied: `host:port`, each once. */
  blocked: z.array(z.string()).readonly(),
});
export type CommandState = z.infer<typeof commandState>;

export const terminalSpec = z.object({
  id,
  session: z.string(),
  argv: z.array(z.string()).min(1).readonly(),
  cwd: z.string().min(1),
  env: z.record(z.string(), z.string()),
  cols: size,
  rows: size,
  /** A terminal whose daemon died: its screen is the beginning of this one's, which takes its place. */
  restore: id.optional(),
  /** False: the shell is started without the marks of its prompts and commands. */
  integration: z.boolean().optional(),
});
export type TerminalSpec = z.infer<typeof terminalSpec>;

export const terminalState = z.object({
  id: z.string(),
  session: z.string(),
  pid: z.number().int(),
  /** Another name after each start of a shell. The first daemons gave none. */
  shell: z.string().optional(),
  argv: z.array(z.string()).readonly(),
  startedAt: z.number(),
  cols: z.number().int(),
  rows: z.number().int(),
  /** As the programs in it last said: hostile text, for display alone. */
  title: z.string(),
  cwd: z.string().nullable(),
  total: z.number().int(),
  exit: exitOf.nullable(),
  /** Its daemon died with it, and its screen was kept: `openTerminal` with `restore` starts it afresh. */
  lost: z.boolean().default(false),
  /** What was last typed at a prompt of its shell; null where the shell says nothing of it. */
  command: commandMark.omit({ line: true }).nullable().default(null),
});
export type TerminalState = z.infer<typeof terminalState>;

const verb = <Name extends string, Input, Output>(
  name: Name,
  input: z.ZodType<Input>,
  output: z.ZodType<Output>,
) => ({ name, input, output });
export type Verb<Input, Output> = {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  readonly output: z.ZodType<Output>;
};

/** Where in all that a writer types a text is: see typed.ts. Older daemons type it without looking. */
const typedPlace = z.object({
  writer: z.string().regex(/^[\w-]{1,64}$/),
  offset: z.number().int().min(0),
});

const none = z.null();
const byId = z.object({ id });
const text = z.string().max(1024 * 1024);

/** Every call: its input and its answer. Failures carry the codes named in client.ts. */
export const verbs = {
  start: verb("start", commandSpec, none),
  list: verb("list", none, z.array(commandState)),
  state: verb("state", byId, commandState.nullable()),
  /** The bytes are the answer's attachment. */
  read: verb(
    "read",
    z.object({ id, offset: z.number().int().min(0), maxBytes: z.number().int().min(0).max(MAX_READ_BYTES) }),
    z.object({ offset: z.number().int(), total: z.number().int() }),
  ),
  watch: verb("watch", byId, none),
  /** Ends a `watch` or `attachTerminal` by the ref of its call. */
  unsubscribe: verb("unsubscribe", z.object({ ref }), none),
  exited: verb("exited", byId, exitOf),
  write: verb("write", z.object({ id, text }), none),
  closeInput: verb("closeInput", byId, none),
  kill: verb("kill", byId, none),
  release: verb("release", byId, none),
  openTerminal: verb("openTerminal", terminalSpec, none),
  listTerminals: verb("listTerminals", none, z.array(terminalState)),
  writeTerminal: verb("writeTerminal", z.object({ id, text, place: typedPlace.optional() }), none),
  /** Not known to the first daemons. */
  terminalTyped: verb(
    "terminalTyped",
    z.object({ id, writer: typedPlace.shape.writer }),
    z.object({ offset: z.number().int() }),
  ),
  resizeTerminal: verb("resizeTerminal", z.object({ id, cols: size, rows: size }), none),
  /** Not known to the first daemons. */
  clearTerminal: verb("clearTerminal", byId, none),
  /** Older daemons have no short screens, and send whole ones. */
  attachTerminal: verb("attachTerminal", byId.extend({ short: z.boolean().optional() }), none),
  terminalExited: verb("terminalExited", byId, exitOf),
  killTerminal: verb("killTerminal", byId, none),
  shutdown: verb("shutdown", none, none),
};
export type VerbName = keyof typeof verbs;
export const isVerb = (name: string): name is VerbName => Object.hasOwn(verbs, name);

/** Parses the payload of a control frame; throws on bad JSON and on a message that `schema` does not know. */
export const decodeControl = <Message>(schema: z.ZodType<Message>, payload: Buffer): Message =>
  schema.parse(JSON.parse(payload.toString("utf8")));

export const encodeControl = (message: ToClient | ToDaemon): Buffer =>
  encodeFrame(FRAME.control, Buffer.from(JSON.stringify(message)));

const OUTPUT_HEADER_BYTES = 12;

export function encodeOutput(ref: number, offset: number, bytes: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(OUTPUT_HEADER_BYTES);
  header.writeUInt32BE(ref, 0);
  header.writeBigUInt64BE(BigInt(offset), 4);
  return encodeFrame(FRAME.output, header, bytes);
}

/** `bytes` is a view of `payload`. */
export const decodeOutput = (payload: Buffer): { ref: number; offset: number; bytes: Buffer } => ({
  ref: payload.readUInt32BE(0),
  offset: Number(payload.readBigUInt64BE(4)),
  bytes: payload.subarray(OUTPUT_HEADER_BYTES),
});

export function encodeAttachment(ref: number, bytes: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(4);
  header.writeUInt32BE(ref, 0);
  return encodeFrame(FRAME.attachment, header, bytes);
}

export const decodeAttachment = (payload: Buffer): { ref: number; bytes: Buffer } => ({
  ref: payload.readUInt32BE(0),
  bytes: payload.subarray(4),
});
