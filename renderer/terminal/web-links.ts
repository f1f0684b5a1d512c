/** Addresses in the output, and what a click does. */
import { webAddress } from "./web-address.ts";

/** What is under the pointer. */
export interface HoveredLink {
  readonly kind: "address" | "file";
  readonly text: string;
}

/** Links open on a click with Ctrl or ⌘ only: a program chooses where its text stands, and what a link hides. */
export function webLinks(onLink: (link: HoveredLink | null) => void) {
  return {
    open(event: MouseEvent, url: string): void {
      const address = webAddress(url);
      if ((event.ctrlKey || event.metaKey) && address !== null)
        window.open(address, "_blank", "noopener,noreferrer");
    },
    hover(_event: MouseEvent, url: string): void {
      const address = webAddress(url);
      onLink(address === null ? null : { kind: "address", text: address });
    },
    leave: (): void => onLink(null),
  };
}
