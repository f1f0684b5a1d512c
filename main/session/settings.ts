import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { EventDraft } from "#shared/session/events.ts";
import { FLEET_STREAM, reduceSettings } from "#shared/settings/reducer.ts";
import { DEFAULT_SETTINGS } from "#shared/settings/settings.ts";
import type { Settings } from "#shared/settings/settings.ts";
import type { StreamReader } from "./history.ts";
import type { Appender } from "./record.ts";

/** A change as it comes in: what is not named stays as it is. */
export type SettingsChange = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

export interface SettingsService {
  readonly current: Settings;
  /** Changes what is named, as an event. `apply` has been called when it resolves. */
  set(change: SettingsChange): Promise<Result<Settings, "bad_base_url">>;
}

const PAGE = 1000;

/** The settings as the log tells them. `apply` is called with them at once and after every change. */
export async function openSettings(
  log: Appender & StreamReader,
  now: () => number,
  apply: (settings: Settings) => void,
): Promise<SettingsService> {
  let current = await readSettings(log);
  apply(current);
  return {
    get current() {
      return current;
    },
    set: async (change) => {
      const named = namedOf(change);
      const refusal = refusalOf(named.baseUrl ?? null);
      if (refusal !== null) return refusal;
      const draft: EventDraft = {
        stream: FLEET_STREAM,
        at: now(),
        actor: "person",
        cause: null,
        type: "settings.changed",
        body: named,
      };
      for (const event of await log.append([draft])) current = reduceSettings(current, event);
      apply(current);
      return ok(current);
    },
  };
}

async function readSettings(log: StreamReader): Promise<Settings> {
  let settings = DEFAULT_SETTINGS;
  for (let after = 0; ;) {
    const page = await log.readStream(FLEET_STREAM, after, PAGE);
    settings = page.reduce(reduceSettings, settings);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return settings;
    after = last.seq;
  }
}

/** Without what is not named. An empty text field means "the default". */
function namedOf(change: SettingsChange): Partial<Settings> {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  const emptied = named.map(([name, value]) => [name, value === "" ? null : value]);
  return Object.fromEntries(emptied);
}

function refusalOf(baseUrl: string | null): Result<never, "bad_base_url"> | null {
  if (baseUrl === null) return null;
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const kept = "The settings were not changed.";
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const hint =
      "It begins with http:// or https:// and ends with the version, such as https://api.openai.com/v1.";
    return fail({
      code: "bad_base_url",
      message: `"${baseUrl.slice(0, 200)}" is no address of a model's server.`,
      kept,
      hint,
    });
  }
  if (url.username === "" && url.password === "") return null;
  const message = "The address holds a user name or a password, and secrets are never stored.";
  return fail({ code: "bad_base_url", message, kept, hint: "Leave them out; set OPENAI_API_KEY instead." });
}
