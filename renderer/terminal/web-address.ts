/**
 * The address that a terminal's link may open, as the browser reads it, or null. Of others' text only http and https are
 * opened, and none that has a name or a password in it: `https://your.bank@evil.example` is not your bank. A name of other
 * letters is told in ASCII, as it is asked for: one that looks like another is seen to be none.
 */
export function webAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !WEB.includes(url.protocol) || url.username !== "" || url.password !== "") return null;
  return url.href;
}

const WEB: readonly string[] = ["http:", "https:"];
