import { useCallback, useEffect, useState } from "react";
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "#shared/session/contract.ts";
import { useClient } from "../state/context.tsx";

export type ModelEntry = InferContractRouterOutputs<typeof contract>["models"]["list"][number];

export type ModelsState =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "loaded"; readonly models: readonly ModelEntry[] };

/** What the host can reach just now. `reload` asks again, after a key or an address was changed. */
export function useModels(): { state: ModelsState; reload: () => void } {
  const client = useClient();
  const [state, setState] = useState<ModelsState>({ kind: "loading" });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let current = true;
    const ask = async () => client().models.list();
    ask().then(
      (models) => current && setState({ kind: "loaded", models }),
      (error: unknown) => current && setState({ kind: "failed", error }),
    );
    return () => {
      current = false;
    };
    // A new `client` comes with every render and is always the same connection's.
  }, [asked]);
  return { state, reload: useCallback(() => setAsked((count) => count + 1), []) };
}

export const isOffline = (model: string | undefined): boolean => model === "offline";

/** The demo's model, and those of the configured provider: its default first. */
export function split(models: readonly ModelEntry[]): {
  online: readonly ModelEntry[];
  offline: readonly ModelEntry[];
} {
  return {
    online: models.filter(({ provider }) => provider !== "offline"),
    offline: models.filter(({ provider }) => provider === "offline"),
  };
}

/** Whether sessions on these models could start: `undefined` is the provider's default. */
export function usable(models: readonly ModelEntry[], wanted: readonly (string | undefined)[]): boolean {
  const anyOnline = split(models).online.some((model) => model.usable);
  return wanted.every((id) => {
    const known = models.find((model) => model.id === id);
    // A server that lists nothing may have it all the same.
    return known === undefined ? anyOnline : known.usable;
  });
}
