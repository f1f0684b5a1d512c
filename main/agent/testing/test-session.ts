/** A session without a host: an in-memory log, commands as plain children, files straight on the disk. */
import { FailureError, ok } from "#shared/kernel/failure.ts";
import { isKnown, type Event, type EventBody, type EventType } from "#shared/session/events.ts";
import type {
  Agent,
  CommandRequest,
  Commands,
  Delta,
  RunningCommand,
  Turn,
  TurnEnd,
  TurnPorts,
} from "../agent.ts";
import { personMessage } from "../person-message.ts";
import { spawnDirect } from "./direct-command.ts";
import { directFiles } from "./direct-files.ts";

export interface TestSession extends AsyncDisposable {
  readonly log: readonly Event[];
  readonly deltas: readonly Delta[];
  /** The commands that were started, in order. */
  readonly started: readonly CommandRequest[];
  find(handle: string): Promise<RunningCommand | null>;
  /** Stops the turn that runs. */
  stop(): void;
  /** The person writes while the turn runs. */
  steer(text: string): void;
  /** Resolves with the first event of a type (and, with `match`, a content) from now or from before. */
  event<Type extends EventType>(type: Type, match?: (event: Event<Type>) => boolean): Promise<Event<Type>>;
  /** Appends as the session would. */
  append<Type extends EventType>(type: Type, body: EventBody<Type>): Event<Type>;
  /** Runs one turn that begins with this message. */
  run(agent: Agent, message: string, turn?: Partial<Turn>): Promise<TurnEnd>;
}

export interface TestSessionOptions {
  /** Replace what a test looks at closely. */
  readonly ports?: Partial<TurnPorts>;
  /** Changes a body before it is stored, as redaction does. */
  readonly redact?: (text: string) => string;
}

export function testSession(worktree: string, options: TestSessionOptions = {}): TestSession {
  const log: Event[] = [];
  const deltas: Delta[] = [];
  const running = new Map<string, RunningCommand>();
  const started: CommandRequest[] = [];
  const steering: string[] = [];
  let onSteer = (): void => undefined;
  let onEvent = (_event: Event): void => undefined;
  let stopper = new AbortController();
  const { redact = (text) => text } = options;

  const append = <Type extends EventType>(type: Type, body: EventBody<Type>): Event<Type> => {
    const seq = log.length + 1;
    const stored = JSON.parse(redact(JSON.stringify(body)));
    const event = {
      id: seq,
      stream: "session/ses_test",
      seq,
      v: 1,
      at: seq,
      actor: "agent" as const,
      cause: null,
      type,
      body: stored,
    };
    if (!isKnown(event) || !isOfType(event, type)) throw new Error(`no event type ${type}`);
    log.push(event);
    onEvent(event);
    return event;
  };

  const commands: Commands = {
    daemonInstance: () => Promise.resolve("dmn_test"),
    async start(request) {
      started.push(request);
      const command = await spawnDirect(request, `${worktree}/${request.cwd}`);
      running.set(request.handle, command);
      return ok(command);
    },
    find: (handle) => Promise.resolve(running.get(handle) ?? null),
  };

  const message = (turn: string, text: string, delivery: "start" | "steer"): Event<"item.completed"> =>
    append("item.completed", {
      turn,
      item: `itm_person_${log.length}`,
      status: "completed",
      content: { kind: "message", role: "person", text, delivery },
      model: personMessage(text),
    });

  const portsFor = (turn: string): TurnPorts => ({
    emit: (type, body) => Promise.resolve(append(type, body)),
    delta: (delta) => void deltas.push(delta),
    takeSteering: () => Promise.resolve(steering.splice(0).map((text) => message(turn, text, "steer"))),
    steered: (signal) =>
      new Promise((resolve) => {
        if (steering.length > 0 || signal.aborted) return resolve();
        onSteer = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    commands,
    files: directFiles(worktree),
    ask: () => Promise.reject(new FailureError({ code: "nobody", message: "nobody is there to ask" })),
    approve: () => Promise.resolve({ approved: true }),
    ...options.ports,
  });

  return {
    log,
    deltas,
    started,
    find: (handle) => commands.find(handle),
    stop: () => stopper.abort(),
    steer(text) {
      steering.push(text);
      onSteer();
    },
    event: (type, match = () => true) =>
      new Promise((resolve) => {
        const before = onEvent;
        const look = (event: Event): void => {
          if (isOfType(event, type) && match(event)) resolve(event);
        };
        onEvent = (event) => {
          before(event);
          look(event);
        };
        log.forEach(look);
      }),
    append,
    run(agent, text, overrides = {}) {
      stopper = new AbortController();
      const turn = `trn_${log.length}`;
      append("turn.started", { turn, reason: "task", sandboxed: true });
      message(turn, text, "start");
      const full: Turn = {
        session: "ses_test",
        turn,
        history: [...log],
        model: "gpt-5.4",
        approval: "on-request",
        sandbox: "workspace-write",
        sandboxed: true,
        worktree,
        branch: "oriel/test",
        projectInstructions: null,
        stepLimit: 50,
        signal: stopper.signal,
        ...overrides,
      };
      return agent.runTurn(full, portsFor(turn));
    },
    async [Symbol.asyncDispose]() {
      stopper.abort();
      await Promise.all([...running.values()].map((command) => command.kill()));
    },
  };
}

const isOfType = <Type extends EventType>(
  event: { readonly type: string },
  type: Type,
): event is Event<Type> => event.type === type;
