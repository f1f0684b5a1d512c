import type { Event } from "#shared/session/events.ts";
import type { ItemContent } from "#shared/session/items.ts";

/**
 * A log as lines to compare whole: type, a letter for each item, what it is, and in brackets what of it the model sees.
 * Ids, durations and usage are left out.
 */
export function story(log: readonly Event[]): string[] {
  const letters = new Map<string, string>();
  const letter = (item: string): string => {
    const known = letters.get(item) ?? String.fromCodePoint(97 + letters.size);
    letters.set(item, known);
    return known;
  };
  return log.map((event) => {
    switch (event.type) {
      case "item.started":
        return line("started", letter(event.body.item), words(event.body.content), seen(event.body.model));
      case "item.completed":
        return line(
          event.body.status,
          letter(event.body.item),
          words(event.body.content),
          seen(event.body.model),
        );
      case "notice":
        return line("notice", event.body.code);
      case "plan.updated":
        return line("plan", event.body.steps.map((step) => `${step.text}: ${step.status}`).join(", "));
      default:
        return event.type;
    }
  });
}

const line = (...words: string[]): string => words.filter((word) => word !== "").join(" ");

function words(content: ItemContent): string {
  switch (content.kind) {
    case "message":
      return line(content.role, JSON.stringify(content.text));
    case "reasoning":
      return line("thought", JSON.stringify(content.text));
    case "command":
      return line("$", content.command, content.exitCode === undefined ? "" : `-> ${content.exitCode}`);
    case "file_change":
      return content.changes.map((it) => `${it.action} ${it.path} +${it.added} -${it.removed}`).join(", ");
    case "tool_call":
      return content.title;
    case "plan":
      return "plan";
    case "question":
      return line("question", content.question, content.answer === undefined ? "" : `-> ${content.answer}`);
    case "notice":
      return content.code;
  }
}

const seen = (model: readonly Record<string, unknown>[] | undefined): string =>
  model === undefined || model.length === 0
    ? ""
    : `[${model.map((it) => it["type"] ?? it["role"]).join(", ")}]`;
