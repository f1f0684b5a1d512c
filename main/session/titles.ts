const TITLE_LENGTH = 60;
const SLUG_LENGTH = 40;

/** A title from a task: its first line, short, without markup at its edges. */
export function titleOf(task: string): string {
  const line =
    task
      .trim()
      .split("\n", 1)[0]!
      .replace(/^[#>*\-\s]+/, "")
      .replace(/\s+/g, " ")
      .trim() || "Untitled";
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  const space = cut.lastIndexOf(" ");
  return `${(space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/** The title, or the title with the first number that no other session of the project has: no two are alike. */
export function distinctTitle(title: string, taken: ReadonlySet<string>): string {
  if (!taken.has(title)) return title;
  for (let n = 2; ; n += 1) {
    if (!taken.has(`${title} (${n})`)) return `${title} (${n})`;
  }
}

/** What a branch and a folder can be named after: lower-case letters and digits of the title, joined by `-`. */
export function slugOf(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  return plain.slice(0, SLUG_LENGTH).replace(/^-+|-+$/g, "") || "session";
}

/** Two sessions of a project never have the same slug, so that their branches differ. */
export function distinctSlug(slug: string, taken: ReadonlySet<string>): string {
  if (!taken.has(slug)) return slug;
  for (let n = 2; ; n += 1) if (!taken.has(`${slug}-${n}`)) return `${slug}-${n}`;
}
