/** What only the Electron window has, as its preload hands it over. A browser's tab has none of it. */
import { z } from "zod";

const method = <Signature>() => z.custom<Signature>((value) => typeof value === "function");

const native = z.object({
  /** The provider's key in the system's keychain. It goes in and can be taken out of it, and never comes back. */
  key: z.object({
    has: method<() => Promise<boolean>>(),
    /** Null once it is kept, else why it can't be, in a sentence. */
    set: method<(key: string) => Promise<string | null>>(),
    clear: method<() => Promise<void>>(),
  }),
  /** Where a dropped file or folder lies: an absolute path, empty where it lies nowhere. */
  pathOf: method<(file: File) => string>(),
  /** Calls `listener` with what was chosen in the window's menu or a notification. Gives the function that ends it. */
  onCommand: method<(listener: (command: unknown) => void) => () => void>(),
});
export type Native = z.infer<typeof native>;

export const findNative = (): Native | null => native.safeParse(window.oriel).data ?? null;
