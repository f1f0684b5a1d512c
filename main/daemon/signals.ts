import { constants } from "node:os";

const NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** `SIGTERM` for 15; the number as text where this platform has no name for it. */
export const signalName = (signal: number): string => NAMES.get(signal) ?? String(signal);
