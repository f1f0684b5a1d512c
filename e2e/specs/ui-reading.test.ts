import { afterAll, beforeAll, expect, test } from "vitest";
import { openHarness } from "#e2e/driver/harness.ts";
import type { Harness } from "#e2e/driver/harness.ts";
import {
  PATIENT,
  begin,
  composer,
  emit,
  end,
  live,
  log,
  message,
  openSession,
  plan,
  turnOf,
} from "#e2e/driver/session-pane.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
}, 120_000);
afterAll(() => harness[Symbol.asyncDispose]());

const open = (session: string, scene?: string) => openSession(harness, session, scene);

test("of a long plan the step that is under way is in sight; all done folds it", async () => {
  const page = await open("ses_tests");
  const turn = await turnOf(page, "ses_tests");
  const steps = (done: number) =>
    Array.from({ length: 30 }, (_, n) => ({
      text: n % 5 === 1 ? `Step ${n} ${"in many words ".repeat(60)}` : `Step ${n}`,
      status:
        n < done ? ("completed" as const) : n === done ? ("in_progress" as const) : ("pending" as const),
    }));
  for (const done of [20, 3, 28]) {
    await emit(page, "ses_tests", "plan.updated", { turn, steps: steps(done) });
    const current = plan(page).locator("[aria-current=step]", { hasText: `Step ${done}` });
    await expect
      .poll(
        () =>
          current.evaluate((step) => {
            const [own, list] = [step.getBoundingClientRect(), step.parentElement?.getBoundingClientRect()];
            return list !== undefined && own.top >= list.top && own.bottom <= list.bottom;
          }),
        PATIENT,
      )
      .toBe(true);
  }
  await emit(page, "ses_tests", "plan.updated", { turn, steps: steps(30) });
  await page.getByRole("button", { name: "Plan 30/30 all done" }).waitFor();
  expect(await plan(page).count()).toBe(0);
  await page.close();
});

test("a step that is done is one quiet line; updates that complete nothing are none", async () => {
  const page = await open("ses_tests");
  const steps = (done: number) =>
    ["Look", "Mend", "Try"].map((text, n) => ({
      text,
      status: n < done ? ("completed" as const) : ("pending" as const),
    }));
  for (const [n, done] of [0, 1, 1, 3].entries()) {
    await end(page, "ses_tests", `p${n}`, { kind: "plan", steps: steps(done) });
  }
  await log(page).getByText("Mend · Try").waitFor();
  const lines = log(page)
    .locator("[data-index]")
    .filter({ hasText: /Steps? done/ });
  expect((await lines.allTextContents()).slice(-2)).toEqual([
    "✓Step done: Look1/3",
    "✓Steps done: Mend · Try3/3",
  ]);
  expect(
    await log(page)
      .getByText(/^Plan \d/)
      .count(),
  ).toBe(0);
  await page.close();
});

test("the card of a turn tells the net of what changed, by commands too, and since when", async () => {
  const page = await open("ses_tests");
  const turn = await turnOf(page, "ses_tests");
  const change = { path: "a.ts", action: "update", added: 5, removed: 5 } as const;
  await end(page, "ses_tests", "x", { kind: "file_change", changes: [change] });
  await end(page, "ses_tests", "y", { kind: "file_change", changes: [change] });
  const total = { files: 3, added: 4, removed: 9 };
  await emit(page, "ses_tests", "checkpoint.created", {
    ...{ turn, ref: "r", commit: "c", tree: "t" },
    changed: {
      files: [
        { path: "a.ts", status: "modified", added: 1, removed: 0, binary: false },
        { path: "new name.ts", oldPath: "b.ts", status: "renamed", added: 3, removed: 9, binary: false },
        { path: "logo.png", status: "added", added: 0, removed: 0, binary: true },
      ],
      total,
    },
  });
  await emit(page, "ses_tests", "turn.completed", { turn, changes: { files: 5, added: 46, removed: 12 } });
  const card = page.getByRole("group", { name: "Turn completed" });
  await card.getByText("3 files changed in this turn +4 −9").waitFor();
  expect(await card.getByRole("listitem").allTextContents()).toEqual([
    "a.ts+1 −0",
    "b.ts → new name.tsrenamed+3 −9",
    "logo.pngnewbinary",
  ]);
  await page.close();
});

test("Alt+↑ goes to the last answer and to what was asked, which is named while it is out of sight", async () => {
  const page = await open("ses_tests");
  const long = (word: string) => `${word}\n\n${"and more\n\n".repeat(60)}`;
  await end(page, "ses_tests", "ask", message("What is missing?", "person"));
  await end(page, "ses_tests", "between", message(long("Between")));
  await end(page, "ses_tests", "answer", message(long("The answer")));
  const asked = page.getByRole("button", { name: /You: What is missing/ });
  await asked.waitFor();
  await composer(page).press("Alt+ArrowUp");
  const inSight = async (text: string): Promise<void> => {
    const atTop = () =>
      log(page)
        .getByText(text, { exact: true })
        .evaluate((element) => {
          const view = element.closest("[role=log]")?.getBoundingClientRect();
          const { top } = element.getBoundingClientRect();
          return view !== undefined && top >= view.top && top < view.top + 100;
        });
    await expect.poll(atTop, PATIENT).toBe(true);
  };
  await inSight("The answer");
  await composer(page).press("Alt+ArrowUp");
  await inSight("What is missing?");
  await asked.waitFor({ state: "detached" });
  await composer(page).press("Alt+ArrowDown");
  await inSight("The answer");
  await composer(page).press("Alt+ArrowDown");
  await page.getByRole("button", { name: /^↓/ }).waitFor({ state: "detached" });
  await asked.click();
  await inSight("What is missing?");
  await page.close();
});

test("a reader hears each message once it is whole, what is asked, and the end", async () => {
  const page = await open("ses_tests");
  await page.evaluate(() => {
    const heard: string[] = [];
    const live = document.querySelector("[data-pane] [aria-live=polite]");
    const observer = new MutationObserver(() => heard.push(live?.textContent ?? ""));
    if (live) observer.observe(live, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { heard });
  });
  await begin(page, "ses_tests", "m", message(""));
  for (const [n, word] of ["one ", "two ", "six "].entries()) await live(page, "m", "message", 4 * n, word);
  await log(page).getByText("one two six").waitFor();
  await end(page, "ses_tests", "m", message("one two six"));
  await begin(page, "ses_tests", "q", { kind: "question", question: "Which?" });
  const heard = () => page.evaluate(() => Reflect.get(window, "heard"));
  const title = "Add the missing tests";
  await expect.poll(heard, PATIENT).toEqual([`${title}: one two six`, `${title}: Asks: Which?`]);
  await end(page, "ses_tests", "q", { kind: "question", question: "Which?", answer: "This" });
  await emit(page, "ses_tests", "turn.completed", { turn: await turnOf(page, "ses_tests"), changes: null });
  await expect
    .poll(async () => (await page.evaluate(() => Reflect.get(window, "heard"))).at(-1), PATIENT)
    .toBe(`${title}: Turn completed.`);
  await page.close();
});
