import { useSyncExternalStore } from "react";

export type Theme = "dark" | "light";

const now = (): Theme => (document.documentElement.dataset["theme"] === "light" ? "light" : "dark");

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

/** Which theme the page has now, for what is not drawn by CSS. */
export const useTheme = (): Theme => useSyncExternalStore(subscribe, now);
