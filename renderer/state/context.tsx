import { createContext, useContext } from "react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { Client } from "../ipc/connection.ts";
import type { Sync } from "../ipc/sync.ts";
import type { FleetState, FleetStore } from "./fleet.ts";
import type { ViewState, ViewStore } from "./view.ts";

export interface Stores {
  readonly fleet: FleetStore;
  readonly view: ViewStore;
  readonly sync: Pick<Sync, "client" | "watch">;
}

const StoresContext = createContext<Stores | null>(null);

export function StoresProvider({ stores, children }: { stores: Stores; children: ReactNode }) {
  return <StoresContext value={stores}>{children}</StoresContext>;
}

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (stores === null) throw new Error("there is no StoresProvider around this");
  return stores;
}

/** What the log says, selected; a component renders again only when what it selected is another value. */
export const useFleet = <Value,>(select: (state: FleetState) => Value): Value =>
  useStore(useStores().fleet, select);

export const useView = <Value,>(select: (state: ViewState) => Value): Value =>
  useStore(useStores().view, select);

/** The host's verbs. Throws `disconnected`, in words for the person, while there is no connection. */
export function useClient(): () => Client {
  const { sync } = useStores();
  return () => {
    const client = sync.client();
    if (client === null)
      throw new Error(
        "Oriel is not connected to its host just now. Nothing was sent; try again in a moment.",
      );
    return client;
  };
}
