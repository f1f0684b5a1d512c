import { cost, duration, tokens } from "#shared/kernel/human.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { STATE_WORDS } from "#shared/session/words.ts";

/** `3/7`, or an empty text before there is a plan. */
export function planCount(summary: SessionSummary): string {
  const done = summary.plan.filter((step) => step.status === "completed").length;
  return summary.plan.length === 0 ? "" : `${done}/${summary.plan.length}`;
}

const stepOf = (summary: SessionSummary): string | undefined =>
  summary.plan.find((candidate) => candidate.status === "in_progress")?.text;

/** What it does now: the plan's step that is under way, and its latest line. */
function doing(summary: SessionSummary): string {
  const step = stepOf(summary);
  const parts = step && summary.state === "running" ? [step, summary.lastLine] : [summary.lastLine];
  return [...new Set(parts)].filter((part) => part !== "").join(" · ");
}

/** `1 min 5 s · $0.03 · 12k tok`: what it has taken until `now`. */
export function spent(summary: SessionSummary, now: number): string {
  const running = summary.turn?.status === "running" ? now - summary.turn.startedAt : 0;
  const used = summary.usage.input + summary.usage.output;
  const parts = [
    duration(summary.activeMs + running),
    cost(summary.usage.cost),
    used > 0 ? tokens(used) : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** The text in exactly `width` columns: what does not fit ends in an ellipsis. */
const fitted = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text.padEnd(width);

/** One session in one line of `width` columns. */
export function progressLine(summary: SessionSummary, now: number, width: number): string {
  const { shape, word } = STATE_WORDS[summary.state];
  const title = fitted(summary.title, Math.min(32, width >> 2));
  const left = `${shape} ${word.padEnd(9)}  ${title}  ${planCount(summary).padEnd(5)}`;
  const right = spent(summary, now);
  const room = Math.max(0, width - left.length - right.length - 4);
  return `${left}  ${fitted(doing(summary), room)}  ${right}`.slice(0, width);
}

export interface Progress extends Disposable {
  /** Shows the sessions as they are now. */
  show(sessions: readonly SessionSummary[]): void;
}

/** On a terminal: one line a session, drawn over in place, and once a second for the clock. */
export function terminalProgress(out: NodeJS.WriteStream, now: () => number): Progress {
  let shown: readonly SessionSummary[] = [];
  let drawn = 0;
  const draw = (): void => {
    const width = Math.max(40, out.columns ?? 80);
    const lines = shown.map((summary) => `\x1b[2K${progressLine(summary, now(), width - 1)}\n`);
    out.write(`${drawn > 0 ? `\x1b[${drawn}A` : ""}${lines.join("")}`);
    drawn = lines.length;
  };
  const clock = setInterval(draw, 1000);
  return {
    show: (sessions) => {
      shown = sessions;
      draw();
    },
    [Symbol.dispose]: () => clearInterval(clock),
  };
}

/** What a plain line says: the plan's step while there is one, so that a pipe gets some lines of each session, not hundreds. */
const plainly = (summary: SessionSummary): string =>
  summary.state === "running"
    ? (stepOf(summary) ?? (summary.plan.length === 0 ? summary.lastLine : ""))
    : summary.lastLine;

/** In a pipe: a plain line whenever a session's state or plan has changed; its latest line where it has no plan. */
export function plainProgress(out: { write(line: string): unknown }): Progress {
  const last = new Map<string, string>();
  return {
    show: (sessions) => {
      for (const summary of sessions) {
        const { word } = STATE_WORDS[summary.state];
        const line = [summary.id, word, summary.title, planCount(summary), plainly(summary)]
          .filter(Boolean)
          .join("  ");
        if (last.get(summary.id) === line) continue;
        last.set(summary.id, line);
        out.write(`${line}\n`);
      }
    },
    [Symbol.dispose]: () => undefined,
  };
}
