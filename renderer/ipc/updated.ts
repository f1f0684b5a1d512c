/** Whether the host serves another page than this one: Oriel was updated while it was open. False where that can't be told. */
export async function isUpdated(): Promise<boolean> {
  const own = scriptOf(document);
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    const served = scriptOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
    return own !== null && served !== null && own !== served;
  } catch {
    return false;
  }
}

/** Its name says what is in it. */
const scriptOf = (page: Document): string | null =>
  page.querySelector("script[type=module][src]")?.getAttribute("src") ?? null;
