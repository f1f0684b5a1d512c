/** What was typed and not sent yet, kept in this browser over a switch of panes and over a reload. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const PREFIX = "oriel.draft.";

const drafts = createStore<Readonly<Record<string, string>>>(() => stored());

/** The draft `key` (a session, or a question's item), and how it is changed. */
export function useDraft(key: string): [string, (text: string) => void] {
  const text = useStore(drafts, (state) => state[key] ?? "");
  return [text, (next) => setDraft(key, next)];
}

export const draftOf = (key: string): string => drafts.getState()[key] ?? "";

export function setDraft(key: string, text: string): void {
  drafts.setState({ [key]: text });
  // A browser may have no room or allow no storage: then the draft lives as long as the page.
  try {
    if (text === "") localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

function stored(): Record<string, string> {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    return Object.fromEntries(keys.map((key) => [key.slice(PREFIX.length), localStorage.getItem(key) ?? ""]));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return {};
  }
}
