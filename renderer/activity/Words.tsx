/** A sentence of Oriel's own, in which `backticks` name what a machine understands. */
export function Words({ text }: { text: string }) {
  return text
    .split(/`([^`\n]+)`/)
    .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
