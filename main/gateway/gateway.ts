import { implement } from "@orpc/server";
import { failureOf } from "#shared/kernel/failure.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";
import { contract } from "#shared/session/contract.ts";
import type { HostServices } from "./services.ts";

interface Call<Input> {
  input: Input;
  signal?: AbortSignal | undefined;
  errors: { FAILURE(options: { message: string; data: Failure }): Error };
}

/** A handler for a verb: an expected failure goes to the client as one, whether it was returned or thrown. */
function verb<Input, Output>(
  work: (input: Input, signal?: AbortSignal) => Promise<Result<Output>> | Result<Output>,
) {
  return async ({ input, signal, errors }: Call<Input>): Promise<Output> => {
    const result = await Promise.resolve(work(input, signal)).catch((error: unknown) => {
      const failure = failureOf(error);
      if (failure === null) throw error;
      return { ok: false as const, failure };
    });
    if (result.ok) return result.value;
    throw errors.FAILURE({ message: result.failure.message, data: result.failure });
  };
}

/** The contract's verbs, each tied to its service. */
export function createRouter({
  host,
  projects,
  sessions,
  terminals,
  settings,
  models,
  fleet,
  log,
}: HostServices) {
  const os = implement(contract);
  return os.router({
    host: {
      info: os.host.info.handler(verb((input) => host.info(input))),
      credentials: os.host.credentials.handler(verb((input) => host.credentials(input))),
      openWeb: os.host.openWeb.handler(verb((input) => host.openWeb(input))),
      running: os.host.running.handler(verb((input) => host.running(input))),
      stopAll: os.host.stopAll.handler(verb((input) => host.stopAll(input))),
    },
    projects: {
      list: os.projects.list.handler(verb((input) => projects.list(input))),
      add: os.projects.add.handler(verb((input) => projects.add(input))),
      addSample: os.projects.addSample.handler(verb((input) => projects.addSample(input))),
      browse: os.projects.browse.handler(verb((input) => projects.browse(input))),
    },
    sessions: {
      list: os.sessions.list.handler(verb((input) => sessions.list(input))),
      get: os.sessions.get.handler(verb((input) => sessions.get(input))),
      create: os.sessions.create.handler(verb((input) => sessions.create(input))),
      send: os.sessions.send.handler(verb((input) => sessions.send(input))),
      stop: os.sessions.stop.handler(verb((input) => sessions.stop(input))),
      continue: os.sessions.continue.handler(verb((input) => sessions.continue(input))),
      resolveApproval: os.sessions.resolveApproval.handler(verb((input) => sessions.resolveApproval(input))),
      answer: os.sessions.answer.handler(verb((input) => sessions.answer(input))),
      rename: os.sessions.rename.handler(verb((input) => sessions.rename(input))),
      diff: os.sessions.diff.handler(verb((input) => sessions.diff(input))),
      merge: os.sessions.merge.handler(verb((input) => sessions.merge(input))),
      aside: os.sessions.aside.handler(verb((input, signal) => sessions.aside(input, signal))),
      archive: os.sessions.archive.handler(verb((input) => sessions.archive(input))),
      restore: os.sessions.restore.handler(verb((input) => sessions.restore(input))),
      purge: os.sessions.purge.handler(verb((input) => sessions.purge(input))),
    },
    terminals: {
      open: os.terminals.open.handler(verb((input) => terminals.open(input))),
      list: os.terminals.list.handler(verb((input) => terminals.list(input))),
      close: os.terminals.close.handler(verb((input) => terminals.close(input))),
    },
    settings: {
      get: os.settings.get.handler(verb((input) => settings.get(input))),
      set: os.settings.set.handler(verb((input) => settings.set(input))),
    },
    models: {
      list: os.models.list.handler(verb((input, signal) => models.list(input, signal))),
      test: os.models.test.handler(verb((input, signal) => models.test(input, signal))),
    },
    fleet: {
      view: os.fleet.view.handler(verb((input) => fleet.view(input))),
    },
    log: {
      session: os.log.session.handler(verb((input) => log.session(input))),
      live: os.log.live.handler(verb((input, signal) => log.live(input, signal))),
      read: os.log.read.handler(verb((input, signal) => log.read(input, signal))),
    },
  });
}

export type HostRouter = ReturnType<typeof createRouter>;
