/**
 * How each session's terminals stand: kept in this browser's storage, no fact of a session. What is kept is all pages':
 * a change is made to what it is then, so that none undoes another's. What a page shows is changed by that page alone: a tab
 * that is chosen in another would take the keys from who types here.
 */
import { z } from "zod";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { StoreApi } from "zustand/vanilla";
import { persist } from "zustand/middleware";
import { EMPTY } from "./splits.ts";
import type { Arrangement, Split } from "./splits.ts";

type Arrangements = Readonly<Record<string, Arrangement>>;

const split: z.ZodType<Split> = z.lazy(() =>
  z.union([
    z.string(),
    z.object({
      direction: z.enum(["row", "column"]),
      parts: z.array(split),
      shares: z.array(z.number()).optional(),
    }),
  ]),
);
const stored = z.record(z.string(), z.object({ tabs: z.array(split), used: z.array(z.string()) }));

const kept = createStore<Arrangements>()(
  persist((): Arrangements => ({}), {
    name: "oriel.terminal-splits",
    version: 1,
    // Not what it was here before: another page may have taken it away.
    merge: (now) => stored.safeParse(now).data ?? {},
  }),
);
const shown = createStore<Arrangements>(() => ({}));

export const useArrangement = (session: string): Arrangement =>
  useStore(shown, (all) => all[session] ?? EMPTY);

export function arrange(session: string, by: (now: Arrangement) => Arrangement): void {
  void kept.persist.rehydrate();
  const before = kept.getState()[session] ?? EMPTY;
  const own = shown.getState()[session] ?? before;
  put(kept, session, by(before));
  put(shown, session, by(own));
}

/** Nothing is kept of a session that has no terminals. */
function put(
  store: Pick<StoreApi<Arrangements>, "getState" | "setState">,
  session: string,
  next: Arrangement,
): void {
  const { [session]: _before, ...others } = store.getState();
  store.setState(next.tabs.length === 0 ? others : { ...others, [session]: next }, true);
}
