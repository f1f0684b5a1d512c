/**
 * Server-sent events, parsed here since the SDK's parser throws at the first event that is no JSON and ends the stream
 * with it. Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export interface ServerSentEvent {
  readonly event: string | null;
  readonly data: string;
}

/** No event of a model comes near this; a server that sends no line end must not fill the memory. In characters. */
export const EVENT_LIMIT = 32 * 1024 * 1024;

export class EventTooLarge extends Error {}

/**
 * The events of a body, in order. Some servers leave out the blank line after the last one, so the end of the body ends
 * it too: whether it is whole shows when its JSON is parsed. `onBytes` is called for each piece, keep-alives included.
 */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  const lines = lineSplitter();
  const fields = eventFields();
  for await (const bytes of body) {
    onBytes();
    for (const line of lines.push(decoder.decode(bytes, { stream: true }))) {
      const event = fields.take(line);
      if (event) yield event;
    }
    if (lines.pending() + fields.size() > EVENT_LIMIT) throw new EventTooLarge();
  }
  for (const line of [...lines.push("\n"), ""]) {
    const event = fields.take(line);
    if (event) yield event;
  }
}

/** Lines out of pieces of text. Pieces without a line end are only kept, so that a long line costs no more than once. */
function lineSplitter(): { push(text: string): string[]; pending(): number } {
  let parts: string[] = [];
  let size = 0;
  return {
    push(text) {
      parts.push(text);
      size += text.length;
      if (!/[\r\n]/.test(text)) return [];
      // A CR at the very end may be the first half of a CRLF.
      const lines = parts.join("").split(/\r\n|\n|\r(?!$)/);
      const rest = lines.pop() ?? "";
      parts = [rest];
      size = rest.length;
      return lines;
    },
    pending: () => size,
  };
}

function eventFields(): { take(line: string): ServerSentEvent | null; size(): number } {
  let event: string | null = null;
  let data: string[] = [];
  let size = 0;
  const end = (): ServerSentEvent | null => {
    const ended = data.length > 0 ? { event, data: data.join("\n") } : null;
    event = null;
    data = [];
    size = 0;
    return ended;
  };
  return {
    /** The event that `line` ends, where it ends one. */
    take(line) {
      if (line === "") return end();
      const colon = line.indexOf(":");
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (name === "event") event = value;
      if (name === "data") data.push(value);
      size += line.length;
      return null;
    },
    size: () => size,
  };
}
