/** What a scripted model server answers: plain data, so that a script can be a JSON file. */

/** One output item. `arguments` of a call may be a string that is sent as it is, valid or not. */
export type Output =
  | { readonly say: string }
  | { readonly think: string }
  | { readonly call: string; readonly arguments: unknown; readonly id?: string };

export interface ReplyUsage {
  readonly input: number;
  readonly cached?: number;
  readonly output: number;
  readonly reasoning?: number;
}

/** Where it goes wrong. Events are counted as they are sent, from 0; `headers` means before the first byte. */
export type ReplyFault =
  | { readonly kind: "cut"; readonly afterEvents: number }
  | { readonly kind: "cut"; readonly afterBytes: number }
  | { readonly kind: "silence"; readonly afterEvents: number | "headers" }
  | { readonly kind: "garbage"; readonly beforeEvent: number; readonly text?: string }
  /** In pieces of so many bytes, each flushed alone. */
  | { readonly kind: "slow"; readonly bytes: number };

export interface Reply {
  readonly output?: readonly Output[];
  readonly usage?: ReplyUsage;
  /** An HTTP status other than 200, with these headers and this body. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** `response.incomplete` with this reason, or `response.failed` with this error, in place of the good end. */
  readonly incomplete?: string;
  readonly failed?: { readonly code: string; readonly message: string };
  readonly fault?: ReplyFault;
}

export type Step = Reply | ((request: RecordedRequest) => Reply);

export interface Route {
  /** Taken for requests with a message of a user that contains this; the first such route wins. Empty: any request. */
  readonly match: string;
  /** The last one is repeated. */
  readonly steps: readonly Step[];
  /**
   * `order`: the next step at each request, faults included. `conversation`: the step that the conversation has come
   * to, by the answers in it, so that a client which died and asks again gets the same. Default: `order`.
   */
  readonly by?: "order" | "conversation";
}

export type Script = readonly Route[];

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON body. */
  readonly body: Record<string, unknown>;
}

export const say = (text: string, rest: Partial<Reply> = {}): Reply => ({ output: [{ say: text }], ...rest });

export const call = (name: string, args: unknown, rest: Partial<Reply> = {}): Reply => ({
  output: [{ call: name, arguments: args }],
  ...rest,
});

export const status = (code: number, headers: Record<string, string> = {}, body?: unknown): Reply => ({
  status: code,
  headers,
  body: body ?? { error: { message: `scripted ${code}`, type: "scripted", code: null } },
});

/** Waits for the command's end, however slow the machine is. */
const PATIENT_MS = 300_000;
/** A call of `shell` with nothing but a command, which is waited for. */
export const shellCall = (command: string, rest: Partial<Reply> = {}): Reply =>
  call("shell", { command, cwd: null, yield_ms: PATIENT_MS, stdin: null, escalate: null }, rest);
