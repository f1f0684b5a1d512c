import { byteSize } from "#shared/kernel/human.ts";
import type { OutputRef } from "#shared/session/items.ts";
import { useFleet } from "../state/context.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { Took } from "./Elapsed.tsx";
import { plainText } from "./ansi.ts";
import { excerptOf, unhidden } from "./excerpt.ts";
import { useFold } from "./folds.ts";
import type { ItemOf } from "./ItemRow.tsx";
import { foldOf, outcomeOf, sandboxWord } from "./item-words.ts";
import type { Fold } from "./item-words.ts";
import { Line } from "./Line.tsx";
import { LiveOutput, OutputEnd, WholeOutput } from "./Output.tsx";
import styles from "./CommandRow.module.css";

const LIVE_LINES = 12;
const FAILED_LINES = 8;

type CommandItem = ItemOf<"command">;

/** `$ command` on one line; below it the end of its output while it runs or where it failed, or all when unfolded. */
export function CommandRow({ item }: { item: CommandItem }) {
  const [chosen, choose] = useFold(item.id);
  const fold: Fold = chosen === null ? foldOf(item) : chosen ? "all" : "folded";
  const { tone } = outcomeOf(item);
  return (
    <Line
      mark="$"
      kind="Command"
      machine
      tone={tone}
      open={fold === "all"}
      onToggle={() => choose(fold !== "all")}
      meta={<Meta item={item} />}
      below={<Below item={item} fold={fold} />}
    >
      {unhidden(item.content.command)}
    </Line>
  );
}

function Meta({ item }: { item: CommandItem }) {
  const { sandbox, output } = item.content;
  return (
    <>
      <span>{outcomeOf(item).word}</span>
      {(sandbox === "full-access" || sandbox === "none") && (
        <span className={styles.loose}>{sandboxWord(sandbox)}</span>
      )}
      {output && output.size > 0 && item.status === "completed" && (
        <span className={styles.size}>output {byteSize(output.size)}</span>
      )}
      <Took item={item} />
    </>
  );
}

function Below({ item, fold }: { item: CommandItem; fold: Fold }) {
  const { output } = item.content;
  if (fold === "folded") return null;
  if (fold === "all") return <All item={item} />;
  if (item.status === "open") return <Running item={item} lines={LIVE_LINES} />;
  return output && output.size > 0 ? <OutputEnd output={output} lines={FAILED_LINES} /> : null;
}

function Running({ item, lines }: { item: CommandItem; lines: number }) {
  const live = useFleet((state) => state.live[item.id]);
  return live ? <LiveOutput text={live.text} lines={lines} /> : null;
}

function All({ item }: { item: CommandItem }) {
  const { command, cwd, sandbox, output } = item.content;
  const printed = output && output.size > 0 ? output : null;
  return (
    <div>
      <pre className={styles.command}>{unhidden(command)}</pre>
      <div className={styles.facts}>
        <p className={styles.where}>
          in {cwd === "" ? "the worktree" : cwd}
          {sandbox && ` · ${sandboxWord(sandbox)}`}
          {printed && ` · output ${byteSize(printed.size)}`}
          {output?.size === 0 && item.status !== "open" && " · it printed nothing"}
        </p>
        <CopyButton what="command" text={() => command} />
        {printed && <CopyOutput output={printed} />}
      </div>
      {item.status === "open" && <Running item={item} lines={1000} />}
      {printed && <WholeOutput output={printed} label={`Output of ${command}`} />}
    </div>
  );
}

function CopyOutput({ output }: { output: OutputRef }) {
  const { head, between, tail } = excerptOf(output);
  const text = (): string => plainText(between === 0 ? head + tail : `${head}\n[…]\n${tail}`);
  return <CopyButton what={between === 0 ? "output" : "both ends of the output"} text={text} />;
}
