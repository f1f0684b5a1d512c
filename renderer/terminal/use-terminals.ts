/** A session's terminals, as the host lists them. */
import { useCallback, useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { TerminalSummary } from "#shared/session/contract.ts";
import { useClient, useFleet } from "../state/context.tsx";
import { useToasts } from "../ui/toasts.tsx";

interface SessionTerminals {
  /** Null until they were listed. */
  readonly list: readonly TerminalSummary[] | null;
  readonly active: string | null;
  /** While one is being opened. */
  readonly opening: boolean;
  /** Whether this page opened one by itself, which it does once. */
  readonly opened: boolean;
}

const NONE: SessionTerminals = { list: null, active: null, opening: false, opened: false };
const store = createStore<Readonly<Record<string, SessionTerminals>>>(() => ({}));

/** A shell starts with about the size that it gets at once, when the page has measured its room. */
const FIRST_SIZE = { cols: 80, rows: 24 };

const change = (session: string, by: Partial<SessionTerminals>): void =>
  store.setState((all) => ({ [session]: { ...(all[session] ?? NONE), ...by } }));

export interface Terminals extends SessionTerminals {
  open(): void;
  close(terminal: string): void;
  select(terminal: string): void;
  /** Puts what its channel said of a terminal into the list. */
  told(terminal: string, facts: Partial<Pick<TerminalSummary, "title" | "exitCode">>): void;
  refresh(): void;
}

/** Lists the session's terminals while they are looked at; the first look opens one, where `usable`. */
export function useTerminals(
  session: string,
  { visible, usable }: { visible: boolean; usable: boolean },
): Terminals {
  const client = useClient();
  const { error } = useToasts();
  const state = useStore(store, (all) => all[session] ?? NONE);
  const connected = useFleet((fleet) => fleet.connection === "connected");

  const open = useCallback(async () => {
    if (store.getState()[session]?.opening) return;
    change(session, { opening: true, opened: true });
    try {
      const created = await client().terminals.open({ session, ...FIRST_SIZE });
      const before = store.getState()[session]?.list ?? [];
      change(session, {
        list: [...before.filter(({ id }) => id !== created.id), created],
        active: created.id,
      });
    } catch (failure) {
      error(failure);
    } finally {
      change(session, { opening: false });
    }
  }, [client, error, session]);

  const refresh = useCallback(async () => {
    try {
      const list = await client().terminals.list({ session });
      const { active, opened } = store.getState()[session] ?? NONE;
      change(session, {
        list,
        active: list.some(({ id }) => id === active) ? active : (list[0]?.id ?? null),
      });
      if (list.length === 0 && !opened && usable) await open();
    } catch (failure) {
      error(failure);
    }
  }, [client, error, open, session, usable]);

  useEffect(() => {
    if (visible && connected) void refresh();
  }, [visible, connected, usable, session]);

  const close = useCallback(
    async (terminal: string) => {
      try {
        await client().terminals.close({ terminal });
        const { list, active } = store.getState()[session] ?? NONE;
        const left = list?.filter(({ id }) => id !== terminal) ?? [];
        change(session, { list: left, active: active === terminal ? (left.at(-1)?.id ?? null) : active });
      } catch (failure) {
        error(failure);
      }
    },
    [client, error, session],
  );

  return useMemo(
    () => ({
      ...state,
      open: () => void open(),
      close: (terminal) => void close(terminal),
      refresh: () => void refresh(),
      select: (active) => change(session, { active }),
      told: (terminal, facts) => {
        const list = store.getState()[session]?.list ?? null;
        change(session, {
          list: list?.map((one) => (one.id === terminal ? { ...one, ...facts } : one)) ?? null,
        });
      },
    }),
    [state, open, close, refresh, session],
  );
}
