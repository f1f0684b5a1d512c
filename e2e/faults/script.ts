import { z } from "zod";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { RecordedRequest, Reply } from "#main/agent/testing/model-server/script.ts";

/** What each action leaves in `effects.txt`, once. */
export const EFFECTS = ["one", "two", "three"] as const;

const ACTIONS: readonly Reply[] = [
  call("update_plan", { explanation: null, steps: [{ text: "Do it", status: "in_progress" }] }),
  shellCall("echo one >> effects.txt"),
  // Long enough to be killed in the middle, and its effect is at its end.
  shellCall("sleep 0.3; echo two >> effects.txt"),
  call("apply_patch", { patch: "*** Begin Patch\n*** Add File: new.txt\n+new\n*** End Patch" }),
  shellCall("echo three >> effects.txt"),
];

const input = z.array(
  z.looseObject({
    type: z.string().optional(),
    call_id: z.string().optional(),
    arguments: z.string().optional(),
    output: z.unknown().optional(),
  }),
);

/**
 * A careful model without a memory of its own: the first action that has no result yet, or whose result says that it
 * never ran. What may have happened it does not repeat.
 */
export function nextAction(request: RecordedRequest): Reply {
  const entries = input.parse(request.body["input"]);
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
  return ACTIONS.find((action) => !isDone(action)) ?? say("All done.");
}
