import { useId, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useClient, useStores } from "../state/context.tsx";
import { useToasts } from "../ui/toasts.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field, Problem } from "../ui/fields.tsx";
import styles from "./AddProjectDialog.module.css";
import { asFolder, chosen, completed, withMove } from "./completion.ts";
import type { Choice } from "./completion.ts";
import { FolderList, rowId } from "./FolderList.tsx";
import { useCompletion } from "./use-completion.ts";
import { useFolderDrop } from "./use-folder-drop.ts";

/** Adds a repository: its folder is typed with completion, chosen from the list, or dropped. */
export function AddProjectDialog({ onClose }: { onClose: () => void }) {
  const { state, problem: unlisted, type, change } = useCompletion();
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  const goTo = (path: string): void => {
    type(asFolder(path));
    field.current?.focus();
  };
  const { add, adding, problem, forget } = useAdd();
  const drop = useFolderDrop((path) => void add(path));
  const take = (choice: Choice | null): void => {
    if (choice === null) return;
    if (choice.kind === "enter") goTo(choice.path);
    else void add(choice.path);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const { parent } = state.listed ?? {};
      if (event.altKey && event.key === "ArrowUp") return parent ? goTo(parent) : undefined;
      return change((before) => withMove(before, event.key === "ArrowDown" ? 1 : -1));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      return take(chosen(state));
    }
    const path = event.key === "Tab" && !event.shiftKey ? completed(state) : null;
    // With nothing to complete, Tab goes on to the next control as everywhere.
    if (path === null) return;
    event.preventDefault();
    type(path);
  };

  const wrong = problem ?? drop.problem ?? unlisted;
  const choice = chosen(state);
  const rows = state.listed?.entries ?? [];
  return (
    <Dialog title="Add a project" onClose={onClose}>
      <div className={styles.body} data-over={drop.over || undefined} {...drop.handlers}>
        <Field
          label="Folder of the repository"
          machine
          problem={wrong === null ? null : <Problem error={wrong} />}
          hint="Type a path: Tab completes it, the arrows choose, Enter adds it. Or drop a folder here."
        >
          {(control) => (
            <input
              {...control}
              ref={(element) => {
                field.current = element;
                // The browser's own dialog gives it the focus when it opens.
                element?.setAttribute("autofocus", "");
              }}
              role="combobox"
              aria-expanded={rows.length > 0}
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={state.active === null ? undefined : rowId(listId, state.active)}
              value={state.typed}
              placeholder="~/code/acme-api"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onKeyDown={onKeyDown}
              onChange={(event) => {
                forget();
                drop.forget();
                type(event.target.value);
              }}
            />
          )}
        </Field>
        <FolderList
          id={listId}
          state={state}
          onGoTo={goTo}
          onTake={(folder) => take({ kind: folder.repository ? "add" : "enter", path: folder.path })}
        />
        <footer className={styles.footer}>
          <Button
            look="primary"
            shortcut="Enter"
            disabled={choice === null || adding}
            onClick={() => take(choice)}
          >
            {adding ? "Adding…" : choice?.kind === "enter" ? "Open this folder" : "Add project"}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}

/** Adds a folder, selects the project and goes on to its first sessions. */
function useAdd() {
  const client = useClient();
  const { view } = useStores();
  const toasts = useToasts();
  const [adding, setAdding] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const add = async (path: string): Promise<void> => {
    if (adding) return;
    setAdding(true);
    setProblem(null);
    try {
      const project = await client().projects.add({ path });
      toasts.info(`${project.name} is a project now.`);
      view.setState({ project: project.id, dialog: "new-session" });
    } catch (error) {
      setProblem(error);
    } finally {
      setAdding(false);
    }
  };
  return { add, adding, problem, forget: () => setProblem(null) };
}
