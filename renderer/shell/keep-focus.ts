/**
 * Where the keys are: one mechanism for the whole window. An action may say where they are to go (`keysTo` of the view),
 * and they go there as soon as that place is there. And when what had them is gone (its session was archived, its turn
 * ended, its toast left), they go to where the person goes on, never to the page's body.
 */
import { useEffect } from "react";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { useStores } from "../state/context.tsx";
import type { Stores } from "../state/context.tsx";
import type { KeysTo } from "../state/view.ts";

/** Has to run before the window's keys are listened to: any press ends what an earlier action wanted, not its own. */
export function useKeepFocus(): void {
  const stores = useStores();
  useEffect(() => keepFocus(stores), [stores]);
}

/** Where what lost the keys stood: read while it is there still. */
interface Left {
  readonly element: HTMLElement;
  readonly pane: string | null;
  readonly inTerminals: boolean;
  readonly list: Element | null;
  readonly item: string | null;
  readonly at: number;
}

function keepFocus(stores: Pick<Stores, "fleet" | "view">): () => void {
  const { view } = stores;
  let left: Left | null = null;
  let frame = 0;
  const look = (): void => {
    cancelAnimationFrame(frame);
    // After React and the browser are done: a dialog that closes gives the focus back first.
    frame = requestAnimationFrame(() => {
      const lost = left !== null && !holds() && isGone(left.element) ? left : null;
      left = null;
      const dialog = document.querySelector<HTMLElement>("dialog[open]");
      if (dialog) {
        if (lost) (dialog.querySelector<HTMLElement>("[autofocus]") ?? dialog).focus();
        return;
      }
      const { keysTo } = view.getState();
      if (keysTo !== null && follow(keysTo)) view.setState({ keysTo: null });
      if (!lost || holds()) return;
      if (showsTerminals(lost)) view.setState({ keysTo: { session: lost.pane, place: "terminal" } });
      else afterLoss(lost, stores)?.focus();
    });
  };
  const page = new MutationObserver(look);
  const wait = (wanted: KeysTo | null): void => {
    page.disconnect();
    if (wanted === null) return;
    page.observe(document.body, {
      subtree: true,
      childList: true,
      attributeFilter: ["hidden", "disabled", "open"],
    });
    look();
  };
  const forget = (): void => {
    if (view.getState().keysTo !== null) view.setState({ keysTo: null });
  };
  const onFocusOut = ({ target, relatedTarget }: FocusEvent): void => {
    if (relatedTarget !== null || !(target instanceof HTMLElement)) return;
    left = leftBy(target);
    look();
  };
  const ends = new AbortController();
  const how = { capture: true, signal: ends.signal };
  window.addEventListener("keydown", forget, how);
  window.addEventListener("pointerdown", forget, how);
  document.addEventListener("focusout", onFocusOut, how);
  const unsubscribe = view.subscribe((state, before) => {
    if (state.keysTo !== before.keysTo) wait(state.keysTo);
  });
  wait(view.getState().keysTo);
  return () => {
    ends.abort();
    unsubscribe();
    page.disconnect();
    cancelAnimationFrame(frame);
  };
}

/** Whether anything has the keys. */
const holds = (): boolean => document.activeElement !== null && document.activeElement !== document.body;

const isGone = (element: HTMLElement): boolean =>
  !element.isConnected || element.matches(":disabled") || !element.checkVisibility();

function leftBy(element: HTMLElement): Left {
  const item = element.closest<HTMLElement>("[data-item]");
  const list = item?.closest("[data-list]") ?? null;
  return {
    element,
    pane: element.closest<HTMLElement>("[data-pane]")?.dataset["pane"] ?? null,
    inTerminals: element.closest("[data-terminals]") !== null,
    list,
    item: item?.dataset["item"] ?? null,
    at: list ? itemsOf(list).findIndex((each) => each === item) : -1,
  };
}

const itemsOf = (list: Element): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[data-item]")];

/**
 * After a terminal the keys are another one's of its session, or the button's that opens one: what is typed on for a shell is no
 * message to an agent.
 */
function showsTerminals(left: Left): left is Left & { readonly pane: string } {
  return left.inTerminals && seen(paneOf(left.pane)?.querySelector("[data-terminals]") ?? null) !== null;
}

/** In a list, its session's row where that went, or the next one; else where the pane's session is spoken to. */
function afterLoss({ list, item, at, pane }: Left, { fleet, view }: Pick<Stores, "fleet" | "view">) {
  const { focused } = view.getState();
  const items = list?.isConnected ? itemsOf(list) : [];
  const moved = items.find((each) => each.dataset["item"] === item);
  const archived = fleet.getState().sessions[item ?? ""]?.state === "archived";
  const row = moved && !archived ? moved : items[Math.min(at, items.length - 1)];
  return (
    row ??
    answerPlace(paneOf(pane)) ??
    answerPlace(paneOf(focused)) ??
    rowOf(focused) ??
    document.querySelector<HTMLElement>("main [data-item], main button") ??
    document.querySelector<HTMLElement>("nav [data-item]")
  );
}

/** Puts the keys where they are wanted. False where they have to wait for it. */
function follow({ session, place }: KeysTo): boolean {
  const pane = paneOf(session);
  if (place === "row" || (pane === null && document.querySelector("main [data-pane]") === null)) {
    const row = rowOf(session);
    row?.focus();
    return row !== null;
  }
  if (pane === null) return false;
  const found = placeIn(pane, place);
  if (found) found.focus({ preventScroll: true });
  // Meanwhile at least what shows it: a restored session's composer comes with its event, a terminal when it is drawn.
  else if (place !== "diff" && !pane.contains(document.activeElement)) pane.focus({ preventScroll: true });
  return found !== null;
}

function placeIn(pane: HTMLElement, place: Exclude<KeysTo["place"], "row">): HTMLElement | null {
  switch (place) {
    case "pane":
      return pane.contains(document.activeElement) ? seen(document.activeElement) : pane;
    case "answer":
      return composerOf(pane);
    case "terminal":
      return (
        firstSeen(pane, "[data-active] .xterm-helper-textarea") ??
        firstSeen(pane, ".xterm-helper-textarea") ??
        firstSeen(pane, "[data-terminals] > button")
      );
    case "diff":
      return firstSeen(pane, "[data-file][aria-current]") ?? firstSeen(pane, "[data-lists-files]");
    default:
      return assertNever(place);
  }
}

const paneOf = (session: string | null): HTMLElement | null =>
  session === null ? null : document.querySelector(`[data-pane="${CSS.escape(session)}"]`);

const rowOf = (session: string | null): HTMLElement | null => {
  const item = session === null ? "" : `[data-item="${CSS.escape(session)}"]`;
  return item === ""
    ? null
    : (document.querySelector<HTMLElement>(`main ${item}`) ?? document.querySelector(`nav ${item}`));
};

const composerOf = (pane: HTMLElement): HTMLElement | null =>
  firstSeen(pane, "[data-ask]") ?? firstSeen(pane, "[data-composer] textarea:enabled");

/** Where a pane's session is spoken to; under a finger the pane itself: a field would bring up the keyboard unasked. */
const answerPlace = (pane: HTMLElement | null): HTMLElement | null =>
  pane && !matchMedia("(pointer: coarse)").matches ? (composerOf(pane) ?? pane) : pane;

const seen = (element: Element | null): HTMLElement | null =>
  element instanceof HTMLElement && element.checkVisibility() ? element : null;

const firstSeen = (within: HTMLElement, selector: string): HTMLElement | null =>
  [...within.querySelectorAll<HTMLElement>(selector)].find((element) => element.checkVisibility()) ?? null;
