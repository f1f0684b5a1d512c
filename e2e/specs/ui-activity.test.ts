import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHarness } from "#e2e/driver/harness.ts";
import type { Harness } from "#e2e/driver/harness.ts";
import {
  PATIENT,
  begin,
  calls,
  composer,
  emit,
  end,
  live,
  log,
  message,
  openSession,
  plan,
  sceneOf,
  turnOf,
} from "#e2e/driver/session-pane.ts";
import { atRest } from "#e2e/driver/until.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
}, 120_000);
afterAll(() => harness[Symbol.asyncDispose]());

const open = (session: string, scene?: string) => openSession(harness, session, scene);

test("a model's text is formatted, and nothing in it runs, loads or leads elsewhere than the web", async () => {
  const page = await open("ses_tests");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const text = [
    "# Title\n\n<img src=x onerror=alert(1)> <b>bold</b> ![a cat](https://evil.example/cat.png)",
    "[web](https://example.com) [script](javascript:alert(1)) [file](src/a.ts)",
    "- [x] done\n\n```js\nconst a = 1;\n```",
  ].join("\n\n");
  await end(page, "ses_tests", "m", message(text));
  await log(page).getByRole("heading", { name: "Title" }).waitFor();
  expect(await log(page).locator("img, b, script").count()).toBe(0);
  const links = await log(page)
    .locator("a")
    .evaluateAll((all) =>
      all.map((a) => [
        a.textContent,
        a.getAttribute("href"),
        a.getAttribute("target"),
        a.getAttribute("rel"),
      ]),
    );
  expect(links).toEqual([
    ["Image: a cat", "https://evil.example/cat.png", "_blank", "noopener noreferrer"],
    ["web", "https://example.com", "_blank", "noopener noreferrer"],
  ]);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await log(page).getByRole("button", { name: "Copy" }).click();
  await log(page).getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("const a = 1;\n");
  expect(asked).toEqual([]);
  await page.close();
});

test("text that streams in changes its own row alone, and its end replaces it", async () => {
  const page = await open("ses_tests");
  await begin(page, "ses_tests", "m", message(""));
  await live(page, "m", "message", 0, "First part");
  const row = log(page).getByText("First part");
  await row.waitFor();
  await page.evaluate(() => {
    const seen: string[] = [];
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const element = target instanceof Element ? target : target.parentElement;
        if (!element?.closest("[data-growing]") && target.textContent) seen.push(target.textContent);
      }
    });
    const shown = document.querySelector("[role=log]");
    // The clock of what runs goes on meanwhile, and is not what is looked at.
    if (shown) observer.observe(shown, { subtree: true, childList: true });
    Object.assign(window, { seen });
  });
  await live(page, "m", "message", 10, " and the **second**");
  await log(page).locator("strong", { hasText: "second" }).waitFor();
  expect(await page.evaluate(() => Reflect.get(window, "seen"))).toEqual([]);
  await end(page, "ses_tests", "m", message("All of it."));
  await log(page).getByText("All of it.").waitFor();
  expect(await log(page).getByText("First part").count()).toBe(0);
  await page.close();
});

test("a command shows the end of its output while it runs, folds when it is done, and unfolds", async () => {
  const page = await open("ses_tests");
  const command = { kind: "command", command: "make all", cwd: "", sandbox: "full-access" } as const;
  await begin(page, "ses_tests", "c", command);
  const lines = Array.from(
    { length: 40 },
    (_, n) => `\u001b[32mline\u001b[0m ${n}\u001b]52;c;aGk=\u0007\n`,
  ).join("");
  await live(page, "c", "output", 0, lines);
  await log(page).getByText("line 39").waitFor();
  expect(await log(page).getByText("line 27").count()).toBe(0);

  const output = { blob: "hash", size: 5000, head: "the head\n", tail: "the tail\n" };
  await end(page, "ses_tests", "c", { ...command, exitCode: 0, durationMs: 2000, output });
  const line = log(page).getByRole("button", { name: /make all.*exit 0.*full access.*output 5\.0 kB.*2 s/ });
  await line.waitFor();
  expect(await log(page).getByText("the tail").count()).toBe(0);
  await line.click();
  await log(page).getByText("5.0 kB in between not shown").waitFor();
  await log(page).getByText("the tail").waitFor();

  await end(
    page,
    "ses_tests",
    "f",
    {
      kind: "command",
      command: "false",
      cwd: "",
      exitCode: 1,
      output: { blob: null, size: 5, head: "oops\n", tail: "" },
    },
    "failed",
  );
  await log(page).getByText("oops").waitFor();
  await page.close();
});

test("stays at the end while it is there, and where it is otherwise", async () => {
  const page = await open("ses_tests");
  for (let n = 0; n < 40; n += 1) await end(page, "ses_tests", `m${n}`, message(`Message ${n}`));
  const fromEnd = () =>
    log(page).evaluate((element) =>
      Math.round(element.scrollHeight - element.scrollTop - element.clientHeight),
    );
  await log(page).getByText("Message 39").waitFor();
  await expect.poll(fromEnd, PATIENT).toBe(0);

  await begin(page, "ses_tests", "grows", message(""));
  await live(page, "grows", "message", 0, "word\n\n".repeat(30));
  await expect.poll(fromEnd, PATIENT).toBe(0);
  await composer(page).fill("a\nb\nc\nd");
  await expect.poll(fromEnd, PATIENT).toBe(0);

  await log(page).hover();
  await page.mouse.wheel(0, -10);
  await expect.poll(fromEnd, PATIENT).toBe(10);
  await page.mouse.wheel(0, -500);
  const button = page.getByRole("button", { name: "↓ Latest" });
  await button.waitFor();
  // Wait for the scroll itself: it is smooth.
  await expect.poll(fromEnd, PATIENT).toBeGreaterThan(400);
  const top = () => log(page).evaluate((element) => element.scrollTop);
  const before = await atRest(top);
  await live(page, "grows", "message", 180, "more\n\n".repeat(30));
  await end(page, "ses_tests", "later", message("Later"));
  await page.getByRole("button", { name: "↓ New" }).waitFor();
  expect(await top()).toBe(before);

  await page.getByRole("button", { name: "↓ New" }).click();
  await log(page).getByText("Later", { exact: true }).waitFor();
  await expect.poll(fromEnd, PATIENT).toBe(0);
  expect(await page.getByRole("button", { name: /^↓/ }).count()).toBe(0);
  await page.close();
});

test("10,000 items are few elements, and both ends are a key away", async () => {
  const page = await open("ses_tests");
  await (
    await sceneOf(page)
  ).evaluate(({ fleet }) => {
    const transcript = fleet.getState().transcripts["ses_tests"];
    const turn = transcript?.turns.at(-1);
    if (!transcript || !turn) throw new Error("the scene has a turn");
    const added = Array.from({ length: 10_000 }, (_, n) => ({
      id: `many-${n}`,
      turn: turn.id,
      content: {
        kind: "message",
        role: "agent",
        text: `Item number ${n}\n\nwith a second paragraph`,
      } as const,
      status: "completed" as const,
      startedAt: n,
      endedAt: n,
    }));
    const items = { ...transcript.items, ...Object.fromEntries(added.map((item) => [item.id, item])) };
    const turns = [
      ...transcript.turns.slice(0, -1),
      { ...turn, items: [...turn.items, ...added.map(({ id }) => id)] },
    ];
    fleet.setState((state) => ({
      transcripts: { ...state.transcripts, ses_tests: { ...transcript, items, turns } },
    }));
  });
  await log(page).getByText("Item number 9999", { exact: true }).waitFor();
  expect(await log(page).locator("[data-index]").count()).toBeLessThan(120);
  await log(page).focus();
  await page.keyboard.press("Home");
  await log(page).getByText("Add the missing tests").first().waitFor();
  await page.keyboard.press("End");
  await log(page).getByText("Item number 9999", { exact: true }).waitFor();
  await page.close();
});

test("Enter steers, Alt+Enter queues, Shift+Enter is a line, an input method's Enter is its own", async () => {
  const page = await open("ses_tests");
  await page.getByText("Enter steers now · Alt+Enter queues for after this turn").waitFor();
  const box = composer(page);
  await box.fill("first");
  await box.press("Shift+Enter");
  await box.pressSequentially("line");
  await box.evaluate((element) =>
    element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true })),
  );
  expect(await calls(page)).toEqual([]);
  await box.press("Enter");
  await expect.poll(() => box.inputValue(), PATIENT).toBe("");
  await box.fill("second");
  await box.press("Alt+Enter");
  await expect.poll(() => box.inputValue(), PATIENT).toBe("");
  expect(await calls(page)).toEqual([
    { verb: "sessions.send", input: { session: "ses_tests", text: "first\nline", delivery: "steer" } },
    { verb: "sessions.send", input: { session: "ses_tests", text: "second", delivery: "queue" } },
  ]);
  await emit(page, "ses_tests", "message.queued", { message: "x", text: "third", delivery: "queue" });
  const waiting = page.getByRole("list", { name: "Not delivered yet" }).getByRole("listitem");
  expect(await waiting.allTextContents()).toEqual([
    "Steers at its next step first\nline",
    "After this turn second",
    "After this turn third",
  ]);
  await page.close();
});

test("what can't be sent stays, with the reason; a draft outlives a switch of sessions", async () => {
  const page = await open("ses_tests");
  await (
    await sceneOf(page)
  ).evaluate(({ refuse }) =>
    refuse("sessions.send", "The disk is full.", {
      kept: "Nothing was sent.",
      hint: "Make room and try again.",
    }),
  );
  await composer(page).fill("keep me");
  await composer(page).press("Enter");
  await page
    .getByRole("alert")
    .getByText("The disk is full. Nothing was sent. Make room and try again.")
    .waitFor();
  expect(await composer(page).inputValue()).toBe("keep me");
  await page.getByRole("button", { name: "Dismiss" }).click();
  await (
    await sceneOf(page)
  ).evaluate(({ view }) => view.setState({ panes: ["ses_docs"], focused: "ses_docs" }));
  await page.getByRole("textbox", { name: "Message to Write the API docs" }).waitFor();
  await (
    await sceneOf(page)
  ).evaluate(({ view }) => view.setState({ panes: ["ses_tests"], focused: "ses_tests" }));
  await page.getByRole("textbox", { name: /^Message to Add/ }).waitFor();
  expect(await composer(page).inputValue()).toBe("keep me");
  expect(await page.evaluate(() => localStorage.getItem("oriel.draft.ses_tests"))).toBe("keep me");
  await page.close();
});

test("an aside shows that it is asked, and comes back where it fails", async () => {
  const page = await open("ses_tests");
  await (
    await sceneOf(page)
  ).evaluate(({ answer }) => {
    const { promise, reject } = Promise.withResolvers();
    Object.assign(window, { fail: () => reject(new Error("The demo can't answer questions.")) });
    answer("sessions.aside", () => promise);
  });
  await composer(page).fill("Why so?");
  await composer(page).press("Control+Enter");
  const waiting = page.getByRole("list", { name: "Not delivered yet" });
  await waiting.getByText("Why so?").waitFor();
  expect(await composer(page).inputValue()).toBe("");
  await composer(page).fill("meanwhile");
  await page.evaluate("fail()");
  await page.getByRole("alert").getByText("The demo can't answer questions.").waitFor();
  expect(await composer(page).inputValue()).toBe("Why so?\n\nmeanwhile");
  expect(await waiting.count()).toBe(0);
  await page.close();
});

test("Escape twice stops; Enter on nothing continues what was cut off", async () => {
  const page = await open("ses_tests");
  await composer(page).press("Escape");
  await page.getByText("Press Escape once more to stop the turn").waitFor();
  expect(await calls(page)).toEqual([]);
  await composer(page).press("Escape");
  await expect
    .poll(() => calls(page), PATIENT)
    .toEqual([{ verb: "sessions.stop", input: { session: "ses_tests" } }]);
  await page.close();

  const failed = await open("ses_upgrade", "failed");
  await failed
    .getByRole("group", { name: "Turn failed" })
    .getByText("The model provider did not answer")
    .waitFor();
  await failed.getByText("Enter continues where it stopped").waitFor();
  await composer(failed).press("Enter");
  await expect
    .poll(() => calls(failed))
    .toEqual([{ verb: "sessions.continue", input: { session: "ses_upgrade" } }]);
  await failed.close();
});

test("y and n answer only where the question has the focus; the next one follows", async () => {
  const page = await open("ses_docker", "approval");
  const scene = await sceneOf(page);
  await scene.evaluate(({ answer }) => answer("sessions.resolveApproval", () => ({})));
  const turn = await turnOf(page, "ses_docker");
  const [first = ""] = await scene.evaluate(
    ({ fleet }) => fleet.getState().sessions["ses_docker"]?.approvals.map(({ id }) => id) ?? [],
  );
  const hidden = "rm -rf build\u202e --safe\u200b";
  const content = { kind: "command", command: hidden, cwd: "" } as const;
  await begin(page, "ses_docker", "second", content);
  await emit(page, "ses_docker", "approval.requested", {
    turn,
    item: "second",
    approval: "apr_2",
    action: hidden,
    reason: "It is asked.",
  });
  const bar = page.getByRole("group", { name: "Approval" });
  await bar.getByText("1 of 2").waitFor();
  await composer(page).fill("y n y");
  await composer(page).pressSequentially("yn");
  expect(await calls(page)).toEqual([]);
  expect(await bar.getByText("y allows · n denies").isVisible()).toBe(false);

  await bar.focus();
  await bar.getByText("y allows · n denies").waitFor();
  await page.keyboard.press("y");
  await emit(page, "ses_docker", "approval.resolved", { approval: first, decision: "approved" });
  await bar.getByText("rm -rf build\\u{202e} --safe\\u{200b}").waitFor();
  await bar.getByRole("textbox", { name: "Note to the agent" }).fill("not yet, nay");
  await page.keyboard.press("Enter");
  await expect
    .poll(() => calls(page))
    .toEqual([
      {
        verb: "sessions.resolveApproval",
        input: { session: "ses_docker", approval: first, decision: "approved" },
      },
      {
        verb: "sessions.resolveApproval",
        input: { session: "ses_docker", approval: "apr_2", decision: "denied", note: "not yet, nay" },
      },
    ]);
  await emit(page, "ses_docker", "approval.resolved", {
    approval: "apr_2",
    decision: "denied",
    note: "not yet, nay",
  });
  await log(page).getByText("You denied it").waitFor();
  expect(await bar.count()).toBe(0);
  expect(await composer(page).evaluate((element) => element === document.activeElement)).toBe(true);
  await page.close();
});

test("a question is answered by a digit or in words", async () => {
  const page = await open("ses_config", "question");
  const scene = await sceneOf(page);
  await scene.evaluate(({ refuse }) => refuse("sessions.answer", "Not now."));
  const bar = page.getByRole("group", { name: "Question" });
  await bar.focus();
  await page.keyboard.press("9");
  await page.keyboard.press("2");
  await page.getByText("Not now.").waitFor();
  await scene.evaluate(({ answer }) => answer("sessions.answer", () => ({})));
  await bar.getByRole("textbox", { name: "Your answer" }).fill("2 of them");
  await page.keyboard.press("Enter");
  const item = await scene.evaluate(({ fleet }) => fleet.getState().sessions["ses_config"]?.open[0]?.item);
  await expect
    .poll(() => calls(page))
    .toEqual([
      { verb: "sessions.answer", input: { session: "ses_config", item, answer: "YAML" } },
      { verb: "sessions.answer", input: { session: "ses_config", item, answer: "2 of them" } },
    ]);
  await page.close();
});

test("the plan is a list with words for its shapes, folds, and is closed when the turn ends", async () => {
  const page = await open("ses_docker", "approval");
  const head = page.getByRole("button", { name: /Plan 3\/5/ });
  // What it asks has the room.
  await head.getByText("Build the image").waitFor();
  await head.click();
  expect(await plan(page).getByRole("listitem").allTextContents()).toEqual([
    "✓done: Detect the stack",
    "✓done: Read package.json",
    "✓done: Write the Dockerfile",
    "●in progress: Build the image",
    "○to do: Check that it answers",
  ]);
  await head.click();
  expect(await plan(page).count()).toBe(0);
  await head.getByText("Build the image").waitFor();
  await head.click();
  await plan(page).waitFor();
  await emit(page, "ses_docker", "turn.completed", { turn: await turnOf(page, "ses_docker"), changes: null });
  await plan(page).waitFor({ state: "hidden" });
  await head.click();
  await plan(page).waitFor();
  await page.close();
});

test.each(["columns", "failed", "long"])("axe finds nothing serious in %s", async (name) => {
  const page = await harness.open(name);
  await log(page).first().waitFor();
  for (const theme of ["dark", "light"] as const) {
    const scene = await sceneOf(page);
    await scene.evaluate(
      ({ fleet }, theme) => fleet.setState((state) => ({ settings: { ...state.settings, theme } })),
      theme,
    );
    // In the page itself: the other mode wants a browser context of its own.
    const areas = new AxeBuilder({ page }).include("[role=log]").include("[data-composer]").setLegacyMode();
    const { violations } = await areas.analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  }
  await page.close();
});
