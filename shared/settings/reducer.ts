import { isKnown } from "../session/events.ts";
import type { UnknownEvent } from "../session/events.ts";
import type { Settings } from "./settings.ts";

/** The stream that holds what is true of the whole data directory. */
export const FLEET_STREAM = "fleet";

/** The settings after `event`; anything but a change of them changes nothing. */
export function reduceSettings(current: Settings, event: UnknownEvent): Settings {
  return isKnown(event) && event.type === "settings.changed" ? { ...current, ...event.body } : current;
}
