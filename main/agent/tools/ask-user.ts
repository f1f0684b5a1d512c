import { z } from "zod";
import { defineTool, type ToolResult } from "./tool.ts";

export const askUser = defineTool({
  name: "ask_user",
  description: "Ask the person and wait for the answer. Only when you cannot go on without it.",
  schema: z.strictObject({ question: z.string(), options: z.array(z.string()).nullable() }),
  prepare({ question, options }, { turn, ports }) {
    const asked = options === null ? { question } : { question, options };
    const content = { kind: "question" as const, ...asked };
    const run = async (item: string): Promise<ToolResult> => {
      try {
        const answer = await ports.ask({ item, ...asked });
        return { status: "completed", content: { ...content, answer }, output: answer, fingerprint: null };
      } catch (error) {
        // The one way in which asking ends without an answer.
        if (!turn.signal.aborted) throw error;
        return {
          status: "interrupted",
          content,
          output: "stopped by the person, without an answer",
          fingerprint: null,
        };
      }
    };
    return { content, exclusive: false, run };
  },
});
