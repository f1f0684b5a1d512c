import type { EventDraft } from "#shared/session/events.ts";
import { sessionStream } from "#shared/session/events.ts";

/** A fixed moment, in ms since the epoch: what is stored is compared whole. */
export const AT = 1_763_700_000_000;

const draft = <Type extends EventDraft["type"]>(
  session: string,
  type: Type,
  body: EventDraft<Type>["body"],
) => ({ stream: sessionStream(session), at: AT, actor: "oriel" as const, cause: null, type, body });

/** `session.created` with a body in which only the title differs. */
export const created = (session: string, title = "Add tests") =>
  draft(session, "session.created", {
    title,
    task: "Add the missing tests",
    slug: "add-tests",
    agent: "oriel",
    provider: "offline",
    model: "recipes",
    approval: "on-request",
    sandbox: "workspace-write",
    parent: null,
    origin: "person",
    roots: [{ project: "/home/ada/acme-api", base: "main", commit: "4f2c", branch: "oriel/add-tests" }],
  });

export const renamed = (session: string, title: string) => draft(session, "session.renamed", { title });

/** A notice: the event whose size is most easily chosen. */
export const noticed = (session: string, text: string) =>
  draft(session, "notice", { level: "info", code: "test", text });
