/** A session's diff, kept up to date while it is looked at. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Patch, SessionDiff } from "#shared/git/diff.ts";
import { useClient, useFleet, useStores } from "../state/context.tsx";
import { wordsOf } from "../ui/toasts.tsx";
import { createRefetcher } from "./refetch.ts";
import type { Refetcher } from "./refetch.ts";
import { isWriting, suggestsChange } from "./suggests-change.ts";

/** So often a diff that is looked at is asked for again while something writes, in ms. */
const WHILE_WRITING_MS = 4000;

export interface LoadedDiff {
  readonly diff: SessionDiff;
  readonly patch: Patch | null;
}

export interface DiffState {
  /** Null until the first answer. */
  readonly loaded: LoadedDiff | null;
  readonly updating: boolean;
  /** Why the last try gave nothing; what was loaded before is still there. */
  readonly error: { readonly text: string; readonly details?: string } | null;
  retry(): void;
}

const same = (one: LoadedDiff | null, other: LoadedDiff): boolean =>
  one?.patch?.text === other.patch?.text && JSON.stringify(one?.diff) === JSON.stringify(other.diff);

export function useDiff(session: string, visible: boolean): DiffState {
  const client = useClient();
  const { fleet } = useStores();
  const connected = useFleet((state) => state.connection === "connected");
  const [loaded, setLoaded] = useState<LoadedDiff | null>(null);
  const [error, setError] = useState<DiffState["error"]>(null);
  const [updating, setUpdating] = useState(false);
  const refetcher = useRef<Refetcher | null>(null);
  const latestClient = useRef(client);
  const latestLoaded = useRef(loaded);
  useEffect(() => {
    latestClient.current = client;
    latestLoaded.current = loaded;
  });

  const retry = useCallback(() => refetcher.current?.now(), []);

  useEffect(() => {
    let current = true;
    const fetch = async (): Promise<void> => {
      setUpdating(true);
      try {
        const answer = await latestClient.current().sessions.diff({ session, patch: true });
        if (!current) return;
        // An equal answer is the same answer: nothing is drawn again.
        setLoaded((before) => (same(before, answer) ? before : answer));
        setError(null);
      } catch (failure) {
        if (current) setError(wordsOf(failure));
      }
      if (current) setUpdating(false);
    };
    const own = createRefetcher(fetch);
    refetcher.current = own;
    const stop = fleet.subscribe((after, before) => {
      const shown = latestLoaded.current?.diff.total ?? null;
      if (suggestsChange(before.sessions[session], after.sessions[session], shown)) own.stale();
    });
    return () => {
      current = false;
      stop();
      own[Symbol.dispose]();
      refetcher.current = null;
      setLoaded(null);
      setError(null);
      setUpdating(false);
    };
  }, [session, fleet]);

  useEffect(() => refetcher.current?.seen(visible && connected), [session, visible, connected]);
  // A command that goes on for minutes writes meanwhile, and no event says so.
  const writing = useFleet((state) => isWriting(state.sessions[session]));
  useEffect(() => {
    if (!visible || !writing) return;
    const timer = setInterval(() => refetcher.current?.stale(), WHILE_WRITING_MS);
    return () => clearInterval(timer);
  }, [session, visible, writing]);
  return useMemo(() => ({ loaded, updating, error, retry }), [loaded, updating, error, retry]);
}
