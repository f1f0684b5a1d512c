import { z } from "zod";
import { planStep } from "#shared/session/items.ts";
import { defineTool } from "./tool.ts";

export const updatePlan = defineTool({
  name: "update_plan",
  description: "Show the person your plan: all its steps, at most one in progress. Keep it current.",
  schema: z.strictObject({
    explanation: z.string().nullable(),
    steps: z.array(z.strictObject(planStep.shape)),
  }),
  prepare({ steps }, { turn, ports }) {
    const content = { kind: "plan" as const, steps };
    return {
      content,
      // Two plans at once: the last one of the response is the plan.
      exclusive: true,
      async run() {
        await ports.emit("plan.updated", { turn: turn.turn, steps });
        return { status: "completed", content, output: "plan updated", fingerprint: "plan updated" };
      },
    };
  },
});
