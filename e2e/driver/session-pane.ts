/** One session's pane in the harness, and the events that happen to it. */
import type { Page } from "playwright-core";
import type { LivePiece } from "#shared/session/contract.ts";
import type { EventBody, EventType } from "#shared/session/events.ts";
import type { ItemContent, ItemStatus } from "#shared/session/items.ts";
import type { FleetStore } from "../../renderer/state/fleet.ts";
import type { ViewStore } from "../../renderer/state/view.ts";
import type { Harness } from "./harness.ts";

/** What is used here of a scene, as renderer/testing/harness.tsx hands it over. */
interface Scene {
  readonly fleet: FleetStore;
  readonly view: ViewStore;
  readonly calls: readonly { readonly verb: string; readonly input: unknown }[];
  emit(stream: string, type: string, body: unknown): void;
  live(pieces: readonly LivePiece[]): void;
  answer(verb: string, how: () => unknown): void;
  refuse(verb: string, message: string, more?: { kept?: string; hint?: string }): void;
}

export const sceneOf = (page: Page) => page.evaluateHandle<Scene>("window.fixture");

/** For `expect.poll`: waits until it is so, however slow the machine is. */
export const PATIENT = { timeout: 30_000 };

/** A page with one session's pane, whose turn runs unless the scene says otherwise. */
export async function openSession(harness: Harness, session: string, name = "two"): Promise<Page> {
  const page = await harness.open(name, { width: 900, height: 800 });
  const scene = await sceneOf(page);
  await scene.evaluate(
    ({ view }, id) => view.setState({ layout: "columns", panes: [id], focused: id, tabs: {} }),
    session,
  );
  await log(page).waitFor();
  return page;
}

export const log = (page: Page) => page.getByRole("log", { name: "Activity" });
export const composer = (page: Page) => page.getByRole("textbox", { name: /^Message to/ });
export const plan = (page: Page) => page.getByRole("list", { name: "Plan" });

export async function emit<Type extends EventType>(
  page: Page,
  session: string,
  type: Type,
  body: EventBody<Type>,
) {
  const event: [string, string, unknown] = [`session/${session}`, type, body];
  await (await sceneOf(page)).evaluate((scene, event) => scene.emit(...event), event);
}

export const turnOf = async (page: Page, session: string): Promise<string> =>
  (await sceneOf(page)).evaluate(({ fleet }, id) => fleet.getState().sessions[id]?.turn?.id ?? "", session);

/** Begins an item of the running turn. */
export async function begin(page: Page, session: string, item: string, content: ItemContent): Promise<void> {
  await emit(page, session, "item.started", { turn: await turnOf(page, session), item, content });
}

export async function end(
  page: Page,
  session: string,
  item: string,
  content: ItemContent,
  status: ItemStatus = "completed",
) {
  await emit(page, session, "item.completed", { turn: await turnOf(page, session), item, content, status });
}

export async function live(page: Page, item: string, kind: LivePiece["kind"], offset: number, text: string) {
  const piece = { session: "ses_tests", item, kind, offset, text };
  await (await sceneOf(page)).evaluate((scene, piece) => scene.live([piece]), piece);
}

/** What the page asked of the host since it was opened: verbs and inputs. */
export const calls = async (page: Page) =>
  (await sceneOf(page)).evaluate((scene) => scene.calls.filter(({ verb }) => verb.startsWith("sessions.")));

export const message = (text: string, role: "agent" | "person" = "agent"): ItemContent => ({
  kind: "message",
  role,
  text,
});
