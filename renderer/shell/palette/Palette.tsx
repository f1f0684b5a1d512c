import { Command as Cmdk } from "cmdk";
import { useMemo, useState } from "react";
import type { SessionSummary } from "#shared/session/summary.ts";
import { SECTIONS, selectRanked } from "../../needs-you/rank.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import type { SessionActions } from "../actions.ts";
import { COMMANDS } from "../commands.ts";
import type { Command, CommandContext } from "../commands.ts";
import { keysWords } from "../keys.ts";
import { LastLine, PlanCount, planState } from "../summary-words.tsx";
import { COMMAND_MARK, looksLikePath, paletteLists } from "./entries.ts";
import styles from "./Palette.module.css";
import { useAddProject } from "../use-add-project.ts";
import { useRepositoryAt } from "./use-repository-at.ts";

/** One field for everything: sessions first, `>` for commands, and the path of a repository to add it. */
export function Palette({ context, onClose }: { context: CommandContext; onClose: () => void }) {
  const [query, setQuery] = useState("");
  // As it stood when the palette was opened: rows that move under the arrow keys would be chosen by mistake.
  const [sessions] = useState(() => inOrder(context));
  const commands = useMemo(
    () => COMMANDS.filter(({ id, when }) => id !== "palette" && (when?.(context) ?? true)),
    [context],
  );
  const lists = paletteLists(query, sessions, commands);
  const repository = useRepositoryAt(looksLikePath(query) ? query.trim() : null);
  const addProject = useAddProject();
  const choose = (act: () => void) => () => {
    onClose();
    act();
  };
  return (
    <Dialog title="Find a session or a command" onClose={onClose} bare>
      <Cmdk label="Find a session or a command" shouldFilter={false} loop className={styles.palette}>
        <Cmdk.Input
          // The browser's own dialog gives it the focus when it opens.
          ref={(field) => field?.setAttribute("autofocus", "")}
          value={query}
          onValueChange={setQuery}
          className={styles.input}
          placeholder={`A session, ${COMMAND_MARK} a command, or a folder’s path`}
        />
        <Cmdk.List className={styles.list}>
          <Cmdk.Empty className={styles.empty}>
            {looksLikePath(query) ? "No repository is there." : "Nothing fits. Type > for all commands."}
          </Cmdk.Empty>
          {repository !== null && (
            <Cmdk.Item className={styles.item} onSelect={choose(() => void addProject(repository))}>
              <span className={styles.title}>
                Add the project <code>{repository}</code>
              </span>
            </Cmdk.Item>
          )}
          <SessionGroup sessions={lists.sessions} choose={choose} actions={context.actions} />
          <CommandGroup commands={lists.commands} choose={choose} context={context} />
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  );
}

type Choose = (act: () => void) => () => void;

function SessionGroup({
  sessions,
  choose,
  actions,
}: {
  sessions: readonly SessionSummary[];
  choose: Choose;
  actions: SessionActions;
}) {
  if (sessions.length === 0) return null;
  return (
    <Cmdk.Group heading="Sessions" className={styles.group}>
      {sessions.map((session) => (
        <Cmdk.Item
          key={session.id}
          value={session.id}
          className={styles.item}
          onSelect={choose(() => actions.open(session.id))}
        >
          <span className={styles.state}>
            <StateMark state={session.state} />
          </span>
          <span className={styles.title}>{session.title}</span>
          <PlanCount plan={planState(session)} />
          <span className={styles.last}>
            <LastLine text={session.lastLine} />
          </span>
        </Cmdk.Item>
      ))}
    </Cmdk.Group>
  );
}

function CommandGroup({
  commands,
  choose,
  context,
}: {
  commands: readonly Command[];
  choose: Choose;
  context: CommandContext;
}) {
  if (commands.length === 0) return null;
  return (
    <Cmdk.Group heading="Commands" className={styles.group}>
      {commands.map((command) => (
        <Cmdk.Item
          key={command.id}
          value={`command ${command.id}`}
          className={styles.item}
          onSelect={choose(() => command.run(context))}
        >
          <span className={styles.title}>{command.title}</span>
          {command.keys !== undefined && <kbd className={styles.key}>{keysWords(command.keys)}</kbd>}
        </Cmdk.Item>
      ))}
    </Cmdk.Group>
  );
}

/** Sessions in the order of attention. */
function inOrder({ stores }: CommandContext): readonly SessionSummary[] {
  const state = stores.fleet.getState();
  const ranked = selectRanked(state);
  return SECTIONS.flatMap(({ section }) => ranked[section])
    .map((id) => state.sessions[id])
    .filter((session) => session !== undefined);
}
