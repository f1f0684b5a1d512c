/** A session's terminals, as the host lists them, and how they stand. */
import { useCallback, useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { TerminalSummary } from "#shared/session/contract.ts";
import { useClient, useFleet } from "../state/context.tsx";
import { useToasts, wordsOf } from "../ui/toasts.tsx";
import { arrange, useArrangement } from "./arrangements.ts";
import { withBorderMoved, withClosed, withListed, withOpened, withUsed } from "./splits.ts";
import type { Arrangement, Border, Direction } from "./splits.ts";

interface SessionTerminals {
  /** Null until they were listed. */
  readonly list: readonly TerminalSummary[] | null;
  /** Why they could not be, in words. */
  readonly failed: string | null;
  /** While one is being opened. */
  readonly opening: boolean;
  /** Whether this page opened one by itself, which it does once. */
  readonly opened: boolean;
}

const NONE: SessionTerminals = { list: null, failed: null, opening: false, opened: false };
const store = createStore<Readonly<Record<string, SessionTerminals>>>(() => ({}));

/** A shell starts with about the size that it gets at once, when the page has measured its room. */
const FIRST_SIZE = { cols: 80, rows: 24 };

const change = (session: string, by: Partial<SessionTerminals>): void =>
  store.setState((all) => ({ [session]: { ...(all[session] ?? NONE), ...by } }));

export interface Terminals extends SessionTerminals {
  readonly arrangement: Arrangement;
  /** Resolves with the new terminal: in a tab of its own, or beside or below another. Null where it failed. */
  open(at?: { readonly beside: string; readonly direction: Direction }): Promise<string | null>;
  /** Lists them again. */
  retry(): void;
  close(terminals: readonly string[]): void;
  select(terminal: string): void;
  moveBorder(border: Border, value: number): void;
  /** Puts what its channel said of a terminal into the list. */
  told(terminal: string, facts: Partial<Pick<TerminalSummary, "title" | "exitCode">>): void;
}

/** Lists the session's terminals while they are looked at; the first look opens one, where `usable`. */
export function useTerminals(
  session: string,
  { visible, usable }: { visible: boolean; usable: boolean },
): Terminals {
  const client = useClient();
  const { error } = useToasts();
  const state = useStore(store, (all) => all[session] ?? NONE);
  const arrangement = useArrangement(session);
  const connected = useFleet((fleet) => fleet.connection === "connected");

  const open = useCallback<Terminals["open"]>(
    async (at) => {
      if (store.getState()[session]?.opening) return null;
      change(session, { opening: true, opened: true });
      try {
        const created = await client().terminals.open({ session, ...FIRST_SIZE });
        const before = store.getState()[session]?.list ?? [];
        change(session, { list: [...before.filter(({ id }) => id !== created.id), created] });
        arrange(session, (now) => withOpened(now, created.id, at ?? null));
        return created.id;
      } catch (failure) {
        error(failure);
        return null;
      } finally {
        change(session, { opening: false });
      }
    },
    [client, error, session],
  );

  const refresh = useCallback(async () => {
    change(session, { failed: null });
    try {
      const list = await client().terminals.list({ session });
      change(session, { list });
      arrange(session, (now) =>
        withListed(
          now,
          list.map(({ id }) => id),
        ),
      );
      if (list.length === 0 && !store.getState()[session]?.opened && usable) await open();
    } catch (failure) {
      // What was listed stays; where nothing was, the words take its place.
      if (store.getState()[session]?.list) error(failure);
      else change(session, { failed: wordsOf(failure).text });
    }
  }, [client, error, open, session, usable]);

  useEffect(() => {
    if (visible && connected) void refresh();
  }, [visible, connected, usable, session]);

  const close = useCallback(
    async (terminal: string) => {
      try {
        await client().terminals.close({ terminal });
        const list = store.getState()[session]?.list?.filter(({ id }) => id !== terminal) ?? [];
        change(session, { list });
        arrange(session, (now) => withClosed(now, terminal));
      } catch (failure) {
        error(failure);
      }
    },
    [client, error, session],
  );

  return useMemo(
    () => ({
      ...state,
      arrangement,
      open,
      retry: () => void refresh(),
      close: (terminals) => {
        for (const terminal of terminals) void close(terminal);
      },
      select: (terminal) => arrange(session, (now) => withUsed(now, terminal)),
      moveBorder: (border, value) => arrange(session, (now) => withBorderMoved(now, border, value)),
      told: (terminal, facts) => {
        const list = store.getState()[session]?.list ?? null;
        change(session, {
          list: list?.map((one) => (one.id === terminal ? { ...one, ...facts } : one)) ?? null,
        });
      },
    }),
    [state, arrangement, open, refresh, close, session],
  );
}
