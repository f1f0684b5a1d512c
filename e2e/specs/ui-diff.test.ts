import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { answer, openPanes, untilTrue } from "#e2e/driver/panes.ts";
import type { Panes } from "#e2e/driver/panes.ts";
import { atRest } from "#e2e/driver/until.ts";

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes();
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

interface Piece {
  readonly path: string;
  readonly status?: string;
  readonly oldPath?: string;
  readonly binary?: boolean;
  readonly added?: number;
  readonly removed?: number;
  /** What follows the first line of its part of the patch. */
  readonly text: string;
}

const changed = (path: string, body: string, more: Partial<Piece> = {}): Piece => {
  const added = body.split("\n").filter((line) => line.startsWith("+")).length;
  const removed = body.split("\n").filter((line) => line.startsWith("-")).length;
  const text = `index 1f7391f..c1c4f1e 100644\n--- a/${path}\n+++ b/${path}\n@@ -1,${removed} +1,${added} @@\n${body}`;
  return { path, text, added, removed, ...more };
};
const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, n) => `-const old${n} = 1;\n+const ${word}${n} = 2;\n`).join("");

/** What the host answers for these files. */
function diffOf(pieces: readonly Piece[]) {
  const files = pieces.map(({ text: _text, status = "modified", added = 0, removed = 0, ...file }) => ({
    ...{ status, added, removed, binary: false },
    ...file,
  }));
  const sum = (which: "added" | "removed") => files.reduce((all, file) => all + file[which], 0);
  const total = { files: files.length, added: sum("added"), removed: sum("removed") };
  const text = pieces
    .map(({ path, oldPath = path, text: rest }) => `diff --git a/${oldPath} b/${path}\n${rest}`)
    .join("");
  return {
    diff: { base: "9f2c41d0", files, total, nested: [], skipped: [] },
    patch: { text, truncated: false },
  };
}

async function openDiff(pieces: readonly Piece[], width: number): Promise<Page> {
  const page = await panes.open("pane=diff&visible=false&session=ses_docs", { width, height: 600 });
  await untilTrue(page, "window.panes !== undefined");
  await answer(page, "sessions.diff", diffOf(pieces));
  await page.evaluate("window.panes.setVisible(true)");
  return page;
}

const linesOf = (page: Page) => page.locator("diffs-container [data-line]");

/** Tells the page that the agent has changed something, and waits until the answer to that is shown. */
async function update(page: Page, pieces: readonly Piece[], shown: string): Promise<void> {
  await answer(page, "sessions.diff", diffOf(pieces));
  await page.evaluate(`window.panes.fixture.emit("session/ses_docs", "branch.updated",
    { branch: "b", commit: "${shown}", changes: { files: 1, added: 1, removed: 0 } })`);
  await page.getByText(shown, { exact: true }).first().waitFor();
}

test("in a narrow pane the list unfolds over the code, by key, and what needs more width says so", async () => {
  const page = await openDiff([changed("a.ts", lines(3, "now")), changed("b.ts", lines(60, "now"))], 400);
  const list = page.getByRole("navigation", { name: "Changed files" });
  const toggle = page.getByRole("button", { name: "File 1 of 2" });
  await linesOf(page).first().waitFor();
  expect(await list.count()).toBe(0);
  await toggle.focus();
  await page.keyboard.press("Enter");
  await list.getByRole("button", { name: /a\.ts/ }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Escape");
  await list.waitFor({ state: "detached" });
  await toggle.and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await list.getByRole("button", { name: /a\.ts/ }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("ArrowDown");
  await list.getByRole("button", { name: /b\.ts/ }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "File 2 of 2" }).and(page.locator(":focus")).waitFor();
  expect(await list.count()).toBe(0);

  await page.getByRole("button", { name: "How the diff is shown" }).click();
  await page.getByRole("menuitemradio", { name: "Side by side, once the pane is wider" }).click();
  expect(await page.locator("diffs-container [data-deletions]").count()).toBe(0);
  await page.setViewportSize({ width: 800, height: 600 });
  await page.locator("diffs-container [data-deletions]").first().waitFor();
  await list.waitFor();
});

test("what the agent does meanwhile moves neither the place nor the focus nor the selection", async () => {
  const before = [changed("b.ts", lines(80, "now")), changed("c.ts", lines(80, "now"))];
  const page = await openDiff(before, 1000);
  const list = page.getByRole("navigation", { name: "Changed files" });
  await list.getByRole("button", { name: /c\.ts/ }).click();
  const head = page.getByRole("button", { name: "Modified c.ts", exact: true });
  await head.focus();
  const line = linesOf(page).filter({ hasText: "const old5 = 1;" }).last();
  // Its highlighter's colours come after the text, and make its elements anew.
  await line.locator("[style*='--diffs-token']").first().waitFor();
  await line.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
  });
  const selected = () => page.evaluate<string>("getSelection().toString()");
  expect(await selected()).toContain("const old5 = 1;");
  const place = async () => (await line.boundingBox())?.y;
  // It scrolled there, and what is shown is measured then: the place is what it comes to rest at.
  const top = await atRest(place);
  // One that was shown gets more lines, and one comes above it.
  await update(
    page,
    [changed("a.ts", lines(40, "fresh")), changed("b.ts", lines(90, "now")), before[1]!],
    "3 files",
  );
  await list.getByRole("button", { name: /a\.ts/ }).waitFor();
  await expect.poll(place, { timeout: 30_000 }).toBe(top);
  expect(await head.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await selected()).toContain("const old5 = 1;");
  await list.locator("[aria-current=true]").getByText("c.ts").waitFor();
});

test("a file of one line of two megabytes is there, and its line is cut and says so", async () => {
  const line = "var a=1;".repeat(250_000);
  const page = await openDiff(
    [changed("min.js", `-${line}\n+${line} \n`), changed("z.ts", lines(2, "now"))],
    1000,
  );
  await page.getByText("Its long lines are cut.").waitFor();
  await linesOf(page)
    .getByText(/… and 19980\d\d more$/)
    .first()
    .waitFor();
  await linesOf(page).filter({ hasText: "const now1 = 2;" }).waitFor();
  const longest = linesOf(page).evaluateAll((all) => Math.max(...all.map((line) => line.textContent.length)));
  expect(await longest).toBeLessThan(2100);
});

test("renames, modes, links, submodules and what has no lines are told in words", async () => {
  const page = await openDiff(
    [
      { path: "run.sh", text: "old mode 100644\nnew mode 100755\n" },
      {
        ...{ path: "new/README.md", oldPath: "README.md", status: "renamed" },
        text: "similarity index 100%\nrename from README.md\nrename to new/README.md\n",
      },
      changed("lib", `-Subproject commit ${"1".repeat(40)}\n+Subproject commit ${"2".repeat(40)}\n`),
      { path: "empty", status: "added", text: "new file mode 100644\nindex 0000000..e69de29\n" },
      {
        ...{ path: "logo.png", status: "added", binary: true },
        text: "new file mode 100644\nBinary files /dev/null and b/logo.png differ\n",
      },
    ],
    1000,
  );
  for (const words of [
    "Only its permissions changed.",
    "Same content as before.",
    "README.md → ",
    `Subproject commit ${"2".repeat(40)}`,
    "An empty file.",
    "Binary file: it has no lines to show.",
  ]) {
    await page.getByText(words).first().waitFor();
  }
  expect(await page.getByRole("button", { name: /^Copy path/ }).count()).toBe(5);
});
