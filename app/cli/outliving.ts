import { KEEPS } from "#main/daemon/markers.ts";

/**
 * What a daemon gives to the programs of a terminal and of a command, so that their end finds all that they started. Only
 * `ORIEL_KEEPS` is for who must not be found: see main/daemon/process-tree.ts.
 */
const MARKS = /^ORIEL_(TERMINAL|TERMINALS_OF|COMMAND|DAEMON|LIFELINE|MARK_KEY|ZDOTDIR|LOGIN_SHELL)$/;

/**
 * The environment of a program that outlives the terminal whose command started it: of a host, of the window, of a browser.
 * It belongs to no terminal, and is left alone where the tree that it was started from is ended.
 */
export const outliving = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !MARKS.test(name))),
  [KEEPS]: "1",
});
