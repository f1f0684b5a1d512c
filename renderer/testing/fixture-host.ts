/**
 * The stores of a scene, and a host that answers from its log: what a verb does is an event, folded by the reducers that
 * the app uses. It stands for the host in tests of the page, and for nothing else.
 */
import { createORPCClient, ORPCError } from "@orpc/client";
import { z } from "zod";
import type { EventBody, EventType } from "#shared/session/events.ts";
import { sessionStream } from "#shared/session/events.ts";
import { settings } from "#shared/settings/settings.ts";
import type { LivePiece } from "#shared/session/contract.ts";
import type { Failure } from "#shared/kernel/failure.ts";
import type { Client } from "../ipc/connection.ts";
import type { Sync } from "../ipc/sync.ts";
import { createFleetStore, withEvents, withLive, withTranscriptPage } from "../state/fleet.ts";
import type { FleetStore } from "../state/fleet.ts";
import { createViewStore } from "../state/view.ts";
import type { ViewStore } from "../state/view.ts";
import type { Scene } from "./scenes.ts";
import { PATCH, DIFF } from "./patch.ts";

export interface Fixture {
  readonly fleet: FleetStore;
  readonly view: ViewStore;
  /** Every call of a verb, as `sessions.stop`, with its input: what the page asked for. */
  readonly calls: { readonly verb: string; readonly input: unknown }[];
  /** Appends an event to the log and folds it, as if the host had sent it. */
  emit<Type extends EventType>(stream: string, type: Type, body: EventBody<Type>): void;
  live(pieces: readonly LivePiece[]): void;
  /** Answers this verb so from now on, instead of the fixture's own answer. */
  answer(verb: string, how: (input: unknown) => unknown): void;
  /** Refuses this verb from now on, as the host does. */
  refuse(verb: string, message: string, more?: Omit<Failure, "code" | "message">): void;
}

/** The error that a refused verb rejects with, for `answer`. */
export const refusal = (message: string, more: Omit<Failure, "code" | "message"> = {}): Error =>
  new ORPCError("FAILURE", { defined: true, data: { code: "refused", message, ...more } });

/** What the app's context takes: the same shape as its `Stores`. */
export interface FixtureStores {
  readonly fleet: FleetStore;
  readonly view: ViewStore;
  readonly sync: Pick<Sync, "client" | "watch">;
}

export function openFixture(scene: Scene): { fixture: Fixture; stores: FixtureStores } {
  const fleet = createFleetStore();
  const view = createViewStore();
  const { log } = scene;
  const calls: Fixture["calls"] = [];
  const answers = new Map<string, (input: unknown) => unknown>();
  fleet.setState((state) => ({
    ...(scene.loaded ? withEvents(state, log.events, log.events.length) : state),
    loaded: scene.loaded,
    connection: scene.connection,
    cutOff: scene.cutOff,
  }));
  view.setState({
    project: scene.loaded ? (Object.keys(fleet.getState().projects)[0] ?? null) : null,
    ...scene.view,
  });

  const emit: Fixture["emit"] = (stream, type, body) => {
    const event = log.append(stream, type, body);
    fleet.setState((state) => withEvents(state, [event], event.id));
  };
  const fixture: Fixture = {
    fleet,
    view,
    calls,
    emit,
    live: (pieces) => fleet.setState((state) => withLive(state, pieces)),
    answer: (verb, how) => void answers.set(verb, how),
    refuse: (verb, message, more) =>
      void answers.set(verb, () => {
        throw refusal(message, more);
      }),
  };
  const own = ownAnswers(fixture);
  const client: Client = createORPCClient({
    // As over a socket: never in the same tick, and nothing of the page's own objects.
    call: async (path, input) => {
      const verb = path.join(".");
      calls.push({ verb, input: structuredClone(input) });
      await Promise.resolve();
      const how = answers.get(verb) ?? own[verb];
      if (!how) throw refusal(`The fixture has no answer to ${verb}.`);
      return structuredClone(await how(input));
    },
  });
  const sync: FixtureStores["sync"] = {
    client: () => (fleet.getState().connection === "connected" ? client : null),
    watch: (sessions) => {
      for (const session of sessions) {
        const events = log.ofSession(session);
        if (!fleet.getState().transcripts[session] && events.length > 0) {
          fleet.setState((state) => withTranscriptPage(state, session, { events, last: true }));
        }
      }
    },
  };
  return { fixture, stores: { fleet, view, sync } };
}

/** What verbs take, as far as the fixture looks at it. */
const sessionInput = z.object({
  session: z.string(),
  text: z.string().default(""),
  delivery: z.enum(["steer", "queue"]).default("steer"),
  approval: z.string().optional(),
  decision: z.enum(["approved", "denied"]).default("approved"),
  note: z.string().optional(),
  answer: z.string().default(""),
  title: z.string().default(""),
  how: z.enum(["squash", "merge"]).default("squash"),
  into: z.string().optional(),
  patch: z.boolean().default(false),
  question: z.string().default(""),
});
type SessionInput = z.infer<typeof sessionInput>;

const projectInput = z.object({ path: z.string() });

const createInput = z.object({
  project: z.string(),
  sessions: z.array(
    z.object({
      task: z.string(),
      title: z.string().optional(),
      agent: z.string().default("oriel"),
      model: z.string().default("gpt-5.3"),
    }),
  ),
});

/** What each verb does and gives. Inputs are the contract's, which the page's own types have checked. */
function ownAnswers({
  fleet,
  emit,
}: Pick<Fixture, "fleet" | "emit">): Record<string, (input: unknown) => unknown> {
  const summary = (id: string) => fleet.getState().sessions[id];
  const onSession = (act: (input: SessionInput, stream: string) => void) => (input: unknown) => {
    const given = sessionInput.parse(input);
    act(given, sessionStream(given.session));
    return summary(given.session);
  };
  const turnOf = (id: string): string => summary(id)?.turn?.id ?? "";
  let fresh = 0;
  return {
    "host.info": () => ({
      version: "0.1.0",
      pid: 1,
      dataDir: "/home/ada/.local/share/oriel",
      pages: 1,
      sandbox: {
        kind: "bubblewrap",
        limits: [
          "A file in the worktree that has a second name elsewhere (a hard link made from outside) can be changed in place.",
          "In a virtual machine, a command can still open sockets to its host (vsock): Linux has no namespace for them.",
        ],
      },
    }),
    "host.running": () => ({ turns: 2, shells: 3, commands: 1 }),
    "host.stopAll": () => ({ turns: 2, shells: 3, commands: 1, stayed: [] }),
    "projects.list": () => Object.values(fleet.getState().projects),
    "projects.add": (input) => {
      const { path } = projectInput.parse(input);
      const id = `prj_${path.split("/").at(-1)}`;
      emit(`project/${id}`, "project.added", { path, name: path.split("/").at(-1) ?? path });
      return fleet.getState().projects[id];
    },
    "projects.addSample": () => {
      emit("project/prj_sample", "project.added", {
        path: "/home/ada/.local/share/oriel/sample",
        name: "sample",
      });
      return fleet.getState().projects["prj_sample"];
    },
    "projects.browse": () => ({
      folder: "/home/ada/code",
      parent: "/home/ada",
      repository: false,
      entries: ["acme-api", "acme-web", "notes", "tools"].map((name, index) => ({
        name,
        path: `/home/ada/code/${name}`,
        repository: index < 2,
      })),
    }),
    "sessions.list": () => Object.values(fleet.getState().sessions),
    "sessions.get": onSession(() => undefined),
    "sessions.create": (input) => {
      const { project, sessions } = createInput.parse(input);
      const { cursor } = fleet.getState();
      const ids = sessions.map(({ task, title = task.slice(0, 60), agent, model }) => {
        fresh += 1;
        const id = `ses_new_${fresh}`;
        emit(sessionStream(id), "session.created", {
          title,
          task,
          slug: id,
          agent,
          model,
          provider: model === "offline" ? "offline" : "openai",
          approval: "on-request",
          sandbox: "workspace-write",
          parent: null,
          origin: "person",
          roots: [
            {
              project: fleet.getState().projects[project]?.path ?? project,
              base: "main",
              commit: "9f2c41d0",
              branch: `oriel/${id}`,
            },
          ],
        });
        return id;
      });
      return { cursor, sessions: ids.map(summary) };
    },
    "sessions.send": onSession(({ session, text, delivery }, stream) => {
      fresh += 1;
      emit(stream, "message.queued", {
        message: `${session}-message-${fresh}`,
        text,
        delivery,
      });
    }),
    "sessions.stop": onSession(({ session }, stream) =>
      emit(stream, "turn.interrupted", { turn: turnOf(session), reason: "stopped", text: "You stopped it." }),
    ),
    "sessions.continue": onSession(({ session }, stream) => {
      fresh += 1;
      emit(stream, "turn.started", {
        turn: `${session}-again-${fresh}`,
        reason: "continue",
        sandboxed: true,
      });
    }),
    "sessions.resolveApproval": onSession(({ session, approval, decision, note }, stream) => {
      const asked = summary(session)?.approvals.find(({ id }) => !approval || id === approval);
      if (!asked) throw refusal("Nothing waits for an answer here.");
      emit(stream, "approval.resolved", {
        approval: asked.id,
        decision,
        ...(note !== undefined && { note }),
      });
    }),
    "sessions.answer": onSession(({ session, answer }, stream) => {
      const open = summary(session)?.open.find(({ content }) => content.kind === "question");
      if (!open || open.content.kind !== "question") throw refusal("Nothing is asked here.");
      emit(stream, "question.answered", { item: open.item, answer });
      emit(stream, "item.completed", {
        item: open.item,
        turn: open.turn,
        status: "completed",
        content: { ...open.content, answer },
      });
    }),
    "sessions.rename": onSession(({ title }, stream) => emit(stream, "session.renamed", { title })),
    "sessions.diff": (input) => ({
      diff: DIFF,
      patch: sessionInput.parse(input).patch ? { text: PATCH, truncated: false } : null,
    }),
    "sessions.merge": onSession(({ session, how }, stream) =>
      emit(stream, "branch.merged", {
        into: summary(session)?.base ?? "main",
        commit: "c77ad01f",
        how,
        checkout: "advanced",
      }),
    ),
    "sessions.aside": (input) => {
      fresh += 1;
      const { session, question } = sessionInput.parse(input);
      const facts = { item: `${session}-aside-${fresh}`, answer: "It is in `src/cart.js`, line 14." };
      emit(sessionStream(session), "aside.answered", {
        ...facts,
        question,
        added: { input: 1, cached: 0, output: 1, reasoning: 0, cost: 0 },
      });
      return facts;
    },
    "sessions.archive": onSession(({ session }, stream) =>
      emit(stream, "session.archived", { trash: `trash/${session}` }),
    ),
    "sessions.restore": onSession((_, stream) => emit(stream, "session.restored", {})),
    "terminals.list": () => [],
    "terminals.open": (input) => ({
      id: "trm_1",
      session: sessionInput.parse(input).session,
      title: "bash",
      cols: 80,
      rows: 24,
      exitCode: null,
    }),
    "terminals.close": () => ({}),
    "settings.get": () => fleet.getState().settings,
    "settings.set": (input) => {
      emit("fleet", "settings.changed", settings.partial().parse(input));
      return fleet.getState().settings;
    },
    "models.list": () => [
      { id: "gpt-5.3", name: "gpt-5.3", provider: "openai", usable: true },
      { id: "offline", name: "Offline demo (recipes)", provider: "offline", usable: true },
    ],
    "models.test": () => ({ model: "gpt-5.3", ms: 412 }),
  };
}
