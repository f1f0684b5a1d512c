import { memo, useMemo } from "react";
import { byteSize } from "#shared/kernel/human.ts";
import type { OutputRef } from "#shared/session/items.ts";
import { ansiSpans } from "./ansi.ts";
import { endOf, excerptOf, lastLines } from "./excerpt.ts";
import styles from "./Output.module.css";

/** Text of a program: its colours as ours, nothing else of what it sends to a terminal. */
const Machine = memo(function Machine({ text }: { text: string }) {
  const spans = useMemo(() => ansiSpans(text), [text]);
  return spans.map((span, index) =>
    span.tone === null && !span.bold ? (
      span.text
    ) : (
      <span key={index} data-tone={span.tone ?? undefined} className={span.bold ? styles.bold : undefined}>
        {span.text}
      </span>
    ),
  );
});

/** The last lines of an output that still comes. */
export function LiveOutput({ text, lines }: { text: string; lines: number }) {
  const tail = lastLines(text, lines).text;
  return (
    <div className={`${styles.output} ${styles.live}`}>
      <pre>
        <Machine text={tail} />
      </pre>
    </div>
  );
}

/** The end of an output that is there. */
export function OutputEnd({ output, lines }: { output: OutputRef; lines: number }) {
  return (
    <div className={`${styles.output} ${styles.live}`}>
      <pre>
        <Machine text={endOf(output, lines).trimEnd()} />
      </pre>
    </div>
  );
}

/** All that the item holds of an output. */
export function WholeOutput({ output, label }: { output: OutputRef; label: string }) {
  const { head, between, tail } = excerptOf(output);
  return (
    <div className={`${styles.output} ${styles.whole}`} tabIndex={0} role="group" aria-label={label}>
      <pre>
        <Machine text={between === 0 ? head + tail : head} />
      </pre>
      {between > 0 && (
        <>
          <div className={styles.between}>{byteSize(between)} in between not shown</div>
          <pre>
            <Machine text={tail} />
          </pre>
        </>
      )}
    </div>
  );
}
