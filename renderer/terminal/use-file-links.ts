import { useMemo } from "react";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useStores } from "../state/context.tsx";
import { withFileShown } from "../state/view.ts";
import type { FileLinks } from "./file-links.ts";

/** So long the diff's names are what they were, while no event says otherwise: a person's own changes make none. In ms. */
const KNOWN_MS = 5000;

interface Known {
  readonly summary: SessionSummary | undefined;
  readonly since: number;
  readonly paths: Promise<readonly string[]>;
}

/** The files of a session's diff, asked for when the pointer is over a terminal's text. */
export function useFileLinks(session: string): FileLinks {
  const { fleet, view, sync } = useStores();
  return useMemo(() => {
    let known: Known | null = null;
    const ask = async (): Promise<readonly string[]> => {
      const answer = await sync.client()?.sessions.diff({ session });
      return answer?.diff.files.map(({ path }) => path) ?? [];
    };
    return {
      get root() {
        return fleet.getState().sessions[session]?.worktree ?? null;
      },
      paths() {
        const summary = fleet.getState().sessions[session];
        const since = performance.now();
        if (known === null || known.summary !== summary || since - known.since > KNOWN_MS)
          known = { summary, since, paths: ask() };
        return known.paths;
      },
      open: (path) => view.setState((state) => withFileShown(state, { session, path })),
    };
  }, [session, fleet, view, sync]);
}
