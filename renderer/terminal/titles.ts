const MAX_TITLE = 80;

/** A terminal's title for display: programs choose it, so nothing in it may hide, reverse or overflow. */
export function shownTitle(title: string): string {
  const plain = title.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  const characters = [...plain];
  return characters.length > MAX_TITLE ? `${characters.slice(0, MAX_TITLE - 1).join("")}…` : plain;
}
