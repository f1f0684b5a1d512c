const MAX_TITLE = 80;
/** As people count: an emoji of several code points is one. */
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A terminal's title for display: programs choose it, so nothing in it may hide, reverse or overflow. */
export function shownTitle(title: string): string {
  const plain = title.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  // What is cut off anyway need not be counted: a title has no bound of its own.
  const characters = Array.from(segmenter.segment(plain.slice(0, MAX_TITLE * 16)), ({ segment }) => segment);
  return characters.length > MAX_TITLE ? `${characters.slice(0, MAX_TITLE - 1).join("")}…` : plain;
}
