import { useEffect, useState } from "react";
import { useClient } from "../state/context.tsx";
import { EMPTY_COMPLETION, withListed, withTyped } from "./completion.ts";
import type { Completion } from "./completion.ts";

/** Between a key and the question to the host, in ms: one question for a word that is typed, not one for each letter. */
const PAUSE_MS = 40;

/** A path that is typed, completed by what the host finds. `problem` is why it could not look. */
export function useCompletion(): {
  state: Completion;
  problem: unknown;
  type: (path: string) => void;
  change: (next: (state: Completion) => Completion) => void;
} {
  const client = useClient();
  const [state, change] = useState(EMPTY_COMPLETION);
  const [problem, setProblem] = useState<unknown>(null);
  const { typed } = state;
  useEffect(() => {
    let current = true;
    const ask = async () => client().projects.browse({ path: typed });
    const look = (): void => {
      ask().then(
        (listed) => {
          if (!current) return;
          setProblem(null);
          change((state) => withListed(state, typed, listed));
        },
        (error: unknown) => current && setProblem(error),
      );
    };
    const timer = setTimeout(look, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed]);
  return { state, problem, type: (path) => change((before) => withTyped(before, path)), change };
}
