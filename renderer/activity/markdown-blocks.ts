/**
 * A markdown text that still grows, in blocks that can be rendered one by one: only the last one changes, so that a long
 * message is not parsed anew with each piece. Cut at blank lines, but never inside of a fence, and not before a line that
 * goes on with a list. Joined, the blocks are the text.
 */
export function markdownBlocks(text: string): string[] {
  const lines = text.split(/(?<=\n)/);
  const blocks: string[] = [];
  let block = "";
  let fence: string | null = null;
  let blank = false;
  for (const line of lines) {
    if (blank && fence === null && line.trim() !== "" && !continuesList(line)) {
      blocks.push(block);
      block = "";
    }
    fence = fenceAfter(fence, line);
    blank = line.trim() === "";
    block += line;
  }
  if (block !== "") blocks.push(block);
  return blocks;
}

const continuesList = (line: string): boolean => /^(\s|[-*+]\s|\d+[.)]\s)/.test(line);

/**
 * The code in a block that is one fence whose end has not come yet, else null. Such a block is the one that can get
 * long while it grows, and needs no parser.
 */
export function unclosedCode(block: string): string | null {
  const lines = block.split("\n");
  const [first = "", ...code] = lines;
  const fence = fenceAfter(null, first);
  if (fence === null) return null;
  return code.some((line) => fenceAfter(fence, line) === null) ? null : code.join("\n");
}

/** The fence that is open after `line`: its marks, or null. */
function fenceAfter(open: string | null, line: string): string | null {
  const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  if (!marks) return open;
  if (open === null) return marks;
  const closes = marks[0] === open[0] && marks.length >= open.length && line.trim() === marks;
  return closes ? null : open;
}
