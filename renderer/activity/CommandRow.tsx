import { byteSize } from "#shared/kernel/human.ts";
import { useFleet } from "../state/context.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { Took } from "./Elapsed.tsx";
import { unhidden } from "./excerpt.ts";
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
  return (
    <div>
      <div className={styles.command}>
        <pre>{unhidden(command)}</pre>
        <CopyButton text={() => command} />
      </div>
      <p className={styles.where}>
        in {cwd === "" ? "the worktree" : cwd}
        {sandbox && ` · ${sandboxWord(sandbox)}`}
        {output && ` · output ${byteSize(output.size)}`}
      </p>
      {item.status === "open" && <Running item={item} lines={1000} />}
      {output && output.size > 0 && <WholeOutput output={output} label={`Output of ${command}`} />}
      {item.status !== "open" && output?.size === 0 && <p className={styles.where}>It printed nothing.</p>}
    </div>
  );
}
