import { expect, test } from "vitest";
import { applyHunks } from "../../tools/apply-patch/edit.ts";
import { parsePatch } from "../../tools/apply-patch/parse.ts";
import { patchFor } from "./patch.ts";
import { randomFrom } from "./testing/random.ts";

/** What the agent's own tool makes of the patch. */
function applied(before: string, after: string): string {
  const patch = patchFor([{ path: "a.js", before, after }]);
  if (patch === null) return before;
  const parsed = parsePatch(patch);
  const file = parsed.ok ? parsed.files[0] : undefined;
  if (file?.action !== "update") throw new Error(patch);
  const edited = applyHunks(before, file.hunks);
  return edited.ok ? edited.text : edited.message;
}

test("patches turn any text into any other, also where lines repeat", () => {
  const random = randomFrom(1);
  const words = ["a", "b", "", "  }", "", "a"];
  const lines = (count: number) => Array.from({ length: count }, () => random.pick(words));
  for (let round = 0; round < 300; round++) {
    const before = ["top", ...lines(random.below(40))];
    const after = before.flatMap((line) => (random.below(8) === 0 ? lines(random.below(3)) : [line]));
    const [old, now] = [`${before.join("\n")}\n`, `${["top", ...after].join("\n")}\n`];
    expect(applied(old, now)).toBe(now);
  }
});

test("a new file is added, an equal one left out, nothing is no patch", () => {
  expect(
    patchFor([
      { path: "a", before: null, after: "x\n\ny\n" },
      { path: "b", before: "z", after: "z\n" },
    ]),
  ).toBe("*** Begin Patch\n*** Add File: a\n+x\n+\n+y\n*** End Patch\n");
  expect(patchFor([{ path: "b", before: "z\n", after: "z" }])).toBeNull();
});
