import { z } from "zod";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { RecordedRequest, Reply } from "#main/agent/testing/model-server/script.ts";
import { STAYS } from "./program.ts";

/** What a person says for the next turn. Its number is in whatever the turn does. */
export const wordsOf = (part: number): string => `Do part ${part} of it.`;

/** What a turn leaves in `effects.txt`, each once. */
export const effectsOf = (part: number): readonly string[] =>
  ["one", "two", "three"].map((effect) => `${part} ${effect}`);

function actionsOf(part: number): readonly Reply[] {
  const [one, two, three] = effectsOf(part);
  return [
    call("update_plan", { explanation: null, steps: [{ text: `Part ${part}`, status: "in_progress" }] }),
    // Leaves something behind, if it can.
    shellCall(`${STAYS} echo ${one} >> effects.txt`),
    // Long enough to be killed in the middle, and its effect is at its end.
    shellCall(`sleep 0.3; echo ${two} >> effects.txt`),
    call("apply_patch", { patch: `*** Begin Patch\n*** Add File: part-${part}.txt\n+new\n*** End Patch` }),
    shellCall(`echo ${three} >> effects.txt`),
  ];
}

const input = z.array(
  z.looseObject({
    type: z.string().optional(),
    role: z.string().optional(),
    content: z.unknown().optional(),
    call_id: z.string().optional(),
    arguments: z.string().optional(),
    output: z.unknown().optional(),
  }),
);

/**
 * A careful model without a memory of its own: of the part that it was asked for last, the first action that has no
 * result yet, or whose result says that it never ran. What may have happened it does not repeat.
 */
export function nextAction(request: RecordedRequest): Reply {
  const entries = input.parse(request.body["input"]);
  const asked = entries.filter(({ role }) => role === "user").map(({ content }) => JSON.stringify(content));
  const parts = [...asked.join(" ").matchAll(/Do part (\d+) of it/g)].map(([, part]) => Number(part));
  const isDone = ({ output }: Reply): boolean => {
    const [wanted] = output ?? [];
    if (!wanted || !("call" in wanted)) return false;
    const made = entries.filter(
      (entry) => entry.type === "function_call" && entry.arguments === JSON.stringify(wanted.arguments),
    );
    const results = made.map(
      ({ call_id: id }) =>
        entries.find((entry) => entry.output !== undefined && entry.call_id === id)?.output,
    );
    return results.some(
      (result) => result !== undefined && !/never ran|not run/.test(JSON.stringify(result)),
    );
  };
  return actionsOf(Math.max(1, ...parts)).find((action) => !isDone(action)) ?? say("All done.");
}
