import { useMemo } from "react";
import { useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { late } from "../ui/late.tsx";
import styles from "./DiffPane.module.css";
import { shownFiles } from "./shown-files.ts";
import { useDiff } from "./use-diff.ts";
import type { DiffState } from "./use-diff.ts";

// The highlighter and its languages are most of the page's code: loaded with the first diff that is looked at.
const DiffBrowser = late(
  async () => (await import("./DiffBrowser.tsx")).DiffBrowser,
  <p className={styles.empty}>Loading the diff's view…</p>,
);

/** What a session changed against the commit that it started from. */
export function DiffPane({ session, visible }: { session: string; visible: boolean }) {
  const state = useDiff(session, visible);
  const base = useFleet((fleet) => fleet.sessions[session]?.base ?? null);
  const { loaded } = state;
  const files = useMemo(() => (loaded ? shownFiles(loaded.diff, loaded.patch) : []), [loaded]);

  return (
    <section aria-label="Changes" className={styles.pane}>
      {state.error && <DiffError state={state} />}
      {loaded === null && !state.error && <p className={styles.empty}>Reading the changes…</p>}
      {loaded && files.length === 0 && (
        <div className={styles.empty}>
          <p>No changes yet. What the agent changes against {base ?? "its base"} shows here, as it works.</p>
          <Notices nested={loaded.diff.nested} skipped={loaded.diff.skipped} truncated={false} />
        </div>
      )}
      {loaded && files.length > 0 && (
        <>
          <Notices
            nested={loaded.diff.nested}
            skipped={loaded.diff.skipped}
            truncated={loaded.patch?.truncated ?? false}
          />
          <DiffBrowser
            session={session}
            files={files}
            total={loaded.diff.total}
            updating={state.updating}
            visible={visible}
          />
        </>
      )}
    </section>
  );
}

function DiffError({ state: { error, loaded, updating, retry } }: { state: DiffState }) {
  return (
    <div role="alert" className={styles.error}>
      <p>
        {error?.text} {loaded && "What is shown is as it was before."}
      </p>
      {error?.details && (
        <details>
          <summary>Details</summary>
          <pre className={styles.details}>{error.details}</pre>
        </details>
      )}
      <Button onClick={retry} disabled={updating}>
        Try again
      </Button>
    </div>
  );
}

/** What the diff leaves out, in words. */
function Notices({
  nested,
  skipped,
  truncated,
}: {
  nested: readonly string[];
  skipped: readonly string[];
  truncated: boolean;
}) {
  if (nested.length + skipped.length === 0 && !truncated) return null;
  return (
    <div className={styles.notices}>
      {truncated && (
        <p>
          This diff is too long to load at once. The list names every file; the lines of the last ones are
          left out.
        </p>
      )}
      <Names
        names={nested}
        one="A folder is a repository of its own: it is kept, but it is not part of the branch."
        many={`${nested.length} folders are repositories of their own: they are kept, but not part of the branch.`}
      />
      <Names
        names={skipped}
        one="A file could not be read by git: it is kept, but it is not part of the branch."
        many={`${skipped.length} files could not be read by git: they are kept, but not part of the branch.`}
      />
    </div>
  );
}

function Names({ names, one, many }: { names: readonly string[]; one: string; many: string }) {
  if (names.length === 0) return null;
  return (
    <details>
      <summary>{names.length === 1 ? one : many}</summary>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <code>{name}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
