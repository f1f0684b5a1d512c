/** Plays a recipe on a real folder with the real agent: its loop, its tools, its patches; only daemon and sandbox are left out. */
import { createOrielAgent } from "../../../oriel/oriel-agent.ts";
import { testSession, type TestSession } from "../../../testing/test-session.ts";
import type { Agent } from "../../../agent.ts";
import { createModel } from "../../create-model.ts";
import { OFFLINE_MODEL, startOfflineModel } from "../server.ts";

export interface Demo extends AsyncDisposable {
  readonly agent: Agent;
  /** Plays one whole turn on `folder`; returns its last message and all that the model has seen. Throws if it does not complete. */
  drive(folder: string, task: string): Promise<Driven>;
}

export interface Driven {
  readonly text: string;
  readonly input: readonly Record<string, unknown>[];
}

export async function startDemo(): Promise<Demo> {
  const server = await startOfflineModel();
  const agent = createOrielAgent({
    model: createModel({ provider: "offline", baseUrl: server.baseUrl, apiKey: "any" }),
  });
  return {
    agent,
    async drive(folder, task) {
      await using session = testSession(folder);
      const end = await session.run(agent, task, { model: OFFLINE_MODEL });
      if (end.kind !== "completed") throw new Error(JSON.stringify(end));
      return { text: lastMessage(session), input: modelInput(session) };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The conversation as the model's next request would hold it. */
export const modelInput = (session: TestSession): Record<string, unknown>[] =>
  session.log.flatMap((event) =>
    event.type === "item.started" || event.type === "item.completed" ? (event.body.model ?? []) : [],
  );

export function lastMessage(session: TestSession): string {
  const contents = session.log.map((event) => (event.type === "item.completed" ? event.body.content : null));
  const last = contents.findLast((content) => content?.kind === "message");
  return last?.kind === "message" ? last.text : "";
}
