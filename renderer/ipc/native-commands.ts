import { windowCommand } from "#shared/session/window-commands.ts";
import type { WindowCommand } from "#shared/session/window-commands.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { withSessionOpen } from "../state/view.ts";
import type { ViewState, ViewStore } from "../state/view.ts";
import type { Native } from "./native.ts";

/** The view after what was chosen in the window's menu or a notification. */
export function withCommand(view: ViewState, command: WindowCommand): ViewState {
  switch (command.kind) {
    case "dialog":
      return { ...view, dialog: command.dialog };
    case "layout":
      return { ...view, layout: command.layout };
    case "open": {
      const open = withSessionOpen(view, command.session);
      // On the wall there is no pane to see it in.
      return { ...open, dialog: null, layout: open.layout === "wall" ? "focus" : open.layout };
    }
    default:
      return assertNever(command);
  }
}

/** Does in the page what the window's menu and notifications say. Gives the function that ends it. */
export const followNative = (native: Pick<Native, "onCommand">, view: ViewStore): (() => void) =>
  native.onCommand((value) => {
    const command = windowCommand.safeParse(value);
    if (command.success) view.setState((state) => withCommand(state, command.data));
  });
