import { useEffect } from "react";
import { followNative } from "../ipc/native-commands.ts";
import { findNative } from "../ipc/native.ts";
import { commandById } from "./commands.ts";
import type { CommandContext } from "./commands.ts";

/** Does what the Electron window's menu and notifications ask for. In a browser's tab there is nobody who asks. */
export function useNative(context: CommandContext): void {
  useEffect(() => {
    const native = findNative();
    if (native === null) return;
    return followNative(native, {
      run: (id) => {
        const command = commandById(id);
        if (command && (command.when?.(context) ?? true)) command.run(context);
      },
      open: context.actions.open,
    });
  }, [context]);
}
