/** Folders come from programs, and are shown. */
const MAX_FOLDER = 4096;

/** The folder that an OSC 7 names, as a path; null where it is none. */
export function folderOf(text: string): string | null {
  if (text.length > MAX_FOLDER || !URL.canParse(text)) return null;
  const url = new URL(text);
  try {
    return url.protocol === "file:" ? decodeURIComponent(url.pathname) : null;
  } catch {
    return null;
  }
}
