import { windowCommand } from "#shared/session/window-commands.ts";
import type { MenuCommand } from "#shared/session/window-commands.ts";
import type { Native } from "./native.ts";

/** Does in the page what the window's menu and notifications ask for. Gives the function that ends it. */
export const followNative = (
  native: Pick<Native, "onCommand">,
  page: { run(command: MenuCommand): void; open(session: string): void },
): (() => void) =>
  native.onCommand((value) => {
    const command = windowCommand.safeParse(value).data;
    if (command?.kind === "command") page.run(command.id);
    if (command?.kind === "open") page.open(command.session);
  });
