import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { answer, openPanes, refuseVerb, untilTrue } from "#e2e/driver/panes.ts";
import type { Panes } from "#e2e/driver/panes.ts";
import { atRest } from "#e2e/driver/until.ts";

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes();
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

const DIFF_FILES = 4;
/** A change of some files, `lines` lines in each of the text ones. */
function change(lines: number, word = "now") {
  const names = Array.from({ length: DIFF_FILES }, (_, index) => `src/part-${index + 1}.ts`);
  const texts = names.map((name) => {
    const body = Array.from(
      { length: lines },
      (_, line) => `-const old${line} = 1;\n+const ${word}${line} = 2;\n`,
    ).join("");
    return `diff --git a/${name} b/${name}\nindex 1f7391f..c1c4f1e 100644\n--- a/${name}\n+++ b/${name}\n@@ -1,${lines} +1,${lines} @@\n${body}`;
  });
  const files = names.map((path) => ({
    path,
    status: "modified",
    added: lines,
    removed: lines,
    binary: false,
  }));
  const picture = { path: "logo.png", status: "added", added: 0, removed: 0, binary: true };
  const total = { files: DIFF_FILES + 1, added: DIFF_FILES * lines, removed: DIFF_FILES * lines };
  return {
    diff: { base: "9f2c41d0", files: [picture, ...files], total, nested: ["vendor/lib"], skipped: [] },
    patch: {
      text: `diff --git a/logo.png b/logo.png\nnew file mode 100644\nindex 0000000..89504e4\nBinary files /dev/null and b/logo.png differ\n${texts.join("")}`,
      truncated: false,
    },
  };
}

/** Of a session that is at rest: while a command runs, its diff is asked for again and again. */
async function openDiff(first: unknown): Promise<Page> {
  const page = await panes.open("pane=diff&visible=false&session=ses_docs", { width: 1000, height: 600 });
  await untilTrue(page, "window.panes !== undefined");
  await answer(page, "sessions.diff", first);
  await page.evaluate("window.panes.setVisible(true)");
  return page;
}

const linesOf = (page: Page) => page.locator("diffs-container [data-line]");

test("a diff names every file, shows its lines, and moves by key", async () => {
  const page = await openDiff(change(30));
  const list = page.getByRole("navigation", { name: "Changed files" });
  await list.getByRole("button", { name: "Modified src/part-4.ts, 30 added, 30 removed" }).waitFor();
  await page.getByText("Binary file: it has no lines to show.").waitFor();
  await page.getByText("A folder is a repository of its own").waitFor();
  await linesOf(page).getByText("const now0 = 2;").first().waitFor();

  await list.getByRole("button", { name: /logo.png/ }).focus();
  const current = list.locator("[aria-current=true]");
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  await untilTrue(page, "document.querySelector('[aria-current]')?.title === 'Modified: src/part-2.ts'");
  await page.keyboard.press("p");
  await untilTrue(page, "document.querySelector('[aria-current]')?.title === 'Modified: src/part-1.ts'");
  expect(await current.count()).toBe(1);
  await page.keyboard.press("c");
  await page.getByRole("button", { name: "Modified src/part-1.ts", exact: true, expanded: false }).waitFor();

  await page.getByRole("button", { name: "Side by side" }).click();
  await page.locator("diffs-container [data-deletions]").first().waitFor();
  expect(await page.evaluate("localStorage.getItem('oriel.diff')")).toBe(
    '{"state":{"style":"split"},"version":1}',
  );
});

test("an update keeps the place and what is folded, and asks once for a bunch of events", async () => {
  const page = await openDiff(change(30));
  await linesOf(page).first().waitFor();
  await page
    .getByRole("button", { name: /part-3.ts/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Modified src/part-3.ts", exact: true }).click();
  const folded = page.getByRole("button", { name: "Modified src/part-3.ts", exact: true, expanded: false });
  await folded.waitFor();
  const scroller = "[...document.querySelectorAll('*')].find((e) => e.scrollTop > 500)";
  await untilTrue(page, `${scroller} !== undefined`);
  const top = () => page.evaluate<number>(`${scroller}.scrollTop`);
  // What is shown is measured after it is folded: the place is what it comes to rest at.
  const before = await atRest(top);
  await answer(page, "sessions.diff", change(30, "later"));
  await page.evaluate(`for (let i = 0; i < 5; i++)
    window.panes.fixture.emit("session/ses_docs", "branch.updated",
      { branch: "b", commit: "c" + i, changes: { files: 5, added: i, removed: 0 } })`);
  await linesOf(page).getByText("const later0 = 2;").first().waitFor();
  await expect.poll(top).toBe(before);
  await folded.waitFor();
  expect(
    await page.evaluate("window.panes.fixture.calls.filter(({ verb }) => verb === 'sessions.diff').length"),
  ).toBe(2);
});

test("a failure is a sentence, keeps what was shown, and can be tried again", async () => {
  const page = await openDiff(change(3));
  await linesOf(page).first().waitFor();
  await refuseVerb(page, "sessions.diff", "The worktree was moved away.");
  await page.evaluate(`window.panes.fixture.emit("session/ses_docs", "branch.updated",
      { branch: "b", commit: "c", changes: { files: 5, added: 1, removed: 0 } })`);
  await page
    .getByRole("alert")
    .getByText("The worktree was moved away. What is shown is as it was before.")
    .waitFor();
  expect(await linesOf(page).count()).toBeGreaterThan(0);
  await answer(page, "sessions.diff", {
    diff: { base: "9f2c41d0", files: [], total: { files: 0, added: 0, removed: 0 }, nested: [], skipped: [] },
    patch: { text: "", truncated: false },
  });
  await page.getByRole("button", { name: "Try again" }).click();
  await page
    .getByText("No changes yet. What the agent changes against main shows here, as it works.")
    .waitFor();
});

test("of 20,000 lines only those in sight are in the page, and the last is a key away", async () => {
  const page = await openDiff(change(2500));
  await linesOf(page).first().waitFor();
  await page
    .getByRole("button", { name: /part-4.ts/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Modified src/part-4.ts", exact: true }).waitFor();
  expect(await linesOf(page).count()).toBeLessThan(1000);
});
