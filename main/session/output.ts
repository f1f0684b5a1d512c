import type { OutputRef } from "#shared/session/items.ts";

/** Output up to this many bytes is stored whole in its event; what is larger goes to a blob, with both ends shown. */
const INLINE_BYTES = 16 * 1024;
const EDGE_BYTES = 4 * 1024;

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * An output as its event holds it. `kept` is what there is of it, `size` all that was produced. The text is redacted
 * before it is stored anywhere, so that no secret is in a blob.
 */
export async function storeOutput(
  kept: Uint8Array,
  size: number,
  redact: (text: string) => string,
  putBlob: (bytes: Uint8Array) => Promise<{ hash: string }>,
): Promise<OutputRef> {
  if (kept.length === size && size <= INLINE_BYTES)
    return { blob: null, size, head: redact(decode(kept)), tail: "" };
  const text = decode(kept);
  const clean = redact(text);
  const bytes = clean === text ? kept : new TextEncoder().encode(clean);
  const { hash } = await putBlob(bytes);
  return {
    blob: hash,
    size,
    head: redact(decode(bytes.subarray(0, EDGE_BYTES))),
    tail: redact(decode(bytes.subarray(Math.max(EDGE_BYTES, bytes.length - EDGE_BYTES)))),
  };
}
