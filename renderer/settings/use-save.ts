import { useState } from "react";
import type { Settings } from "#shared/settings/settings.ts";
import { useClient } from "../state/context.tsx";

interface Saving {
  readonly field: keyof Settings;
  readonly kind: "saving" | "saved" | "failed";
  readonly error?: unknown;
}

export interface Save {
  /** Saves one setting at once; true once the host has it. */
  save<Field extends keyof Settings>(field: Field, value: Settings[Field]): Promise<boolean>;
  saved(field: keyof Settings): boolean;
  /** Why it could not be saved, or null. */
  problem(field: keyof Settings): unknown;
}

/** Saves each setting by itself, and knows which one was saved last and how that went. */
export function useSave(): Save {
  const client = useClient();
  const [last, setLast] = useState<Saving | null>(null);
  return {
    save: async (field, value) => {
      setLast({ field, kind: "saving" });
      try {
        await client().settings.set({ [field]: value });
        setLast({ field, kind: "saved" });
        return true;
      } catch (error) {
        setLast({ field, kind: "failed", error });
        return false;
      }
    },
    saved: (field) => last?.field === field && last.kind === "saved",
    problem: (field) => (last?.field === field && last.kind === "failed" ? last.error : null),
  };
}
