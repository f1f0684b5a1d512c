import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { ProjectSummary } from "#shared/session/summary.ts";
import type { Settings } from "#shared/settings/settings.ts";
import { useClient, useFleet, useStores, useView } from "../state/context.tsx";
import { split, usable, useModels } from "../settings/models.ts";
import type { ModelEntry } from "../settings/models.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field, Problem } from "../ui/fields.tsx";
import { shortcut, withMod } from "../ui/mod-key.ts";
import { ChoiceFields } from "./ChoiceFields.tsx";
import type { Inherited } from "./ChoiceFields.tsx";
import { afterStart, draftStore, withChoice, withText } from "./draft.ts";
import { NoModel } from "./NoModel.tsx";
import { APPROVAL_WORDS, SANDBOX_WORDS } from "./policy-words.ts";
import styles from "./NewSessionDialog.module.css";
import { withStarted } from "./started.ts";
import { TaskList } from "./TaskList.tsx";
import { TaskText } from "./TaskText.tsx";
import { refusalOf, sessionsOf } from "./tasks.ts";
import type { Choice } from "./tasks.ts";

/** Several tasks typed in one go, each with its own model and policies where it should, started together. */
export function NewSessionDialog({ onClose }: { onClose: () => void }) {
  const draft = useStore(draftStore);
  const settings = useFleet((state) => state.settings);
  const { state: models } = useModels();
  const known = models.kind === "loaded" ? models.models : [];
  const common = useCommon(draft.common, settings, known);
  const { project, projects, select } = useProject();
  const { start, starting, problem } = useStart(project, onClose);
  const view = useStores().view;

  const defaults = defaultsOf(settings, known);
  const sessions = sessionsOf(draft.tasks, common, settings);
  const wanted =
    sessions.length > 0 ? sessions.map(({ model }) => model) : [common.model ?? settings.model ?? undefined];
  const noModel = models.kind === "loaded" && !usable(known, wanted);
  const choose = (task: number | null, change: Choice): void => {
    draftStore.setState((state) => withChoice(state, task, change));
  };
  const refusal = project === null ? "Choose a project, or add one." : refusalOf(draft.tasks);

  return (
    <Dialog title="New sessions" onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !withMod(event)) return;
          event.preventDefault();
          if (refusal === null && !noModel) void start(sessions);
        }}
      >
        <ProjectField
          projects={projects}
          project={project}
          onSelect={select}
          onAdd={() => view.setState({ dialog: "add-project" })}
        />
        <TaskText
          text={draft.text}
          mode={draft.mode}
          onChange={(change) => draftStore.setState((state) => withText(state, change))}
        />
        {noModel && (
          <NoModel
            onSettings={() => view.setState({ dialog: "settings" })}
            onOffline={() => choose(null, { model: split(known).offline[0]?.id })}
          />
        )}
        <section className={styles.section} aria-label="The same for all">
          <Disclosure
            title={draft.tasks.length > 1 ? "The same for all" : "Model and policies"}
            summary={summaryOf(common, defaults, known)}
          >
            <ChoiceFields
              choice={common}
              inherited={defaults}
              inheritedWord="Default"
              models={known}
              onChange={(change) => choose(null, change)}
            />
          </Disclosure>
        </section>
        {draft.tasks.length > 1 && (
          <TaskList
            tasks={draft.tasks}
            inherited={{
              ...defaults,
              ...named(common),
              model: modelName(common.model, known) ?? defaults.model,
            }}
            models={known}
            onChange={choose}
          />
        )}
        {models.kind === "failed" && (
          <div className={styles.problem} role="alert">
            <Problem error={models.error} />
          </div>
        )}
        {problem !== null && (
          <div className={styles.problem} role="alert">
            <Problem error={problem} /> Your tasks are kept.
          </div>
        )}
        <footer className={styles.footer}>
          <p className={styles.count} role="status">
            {refusal ?? (noModel ? "Choose a model first." : countWords(sessions.length))}
          </p>
          <Button
            look="primary"
            shortcut={shortcut("Enter")}
            disabled={refusal !== null || noModel || starting}
            onClick={() => void start(sessions)}
          >
            {starting ? "Starting…" : sessions.length > 1 ? `Start ${sessions.length} sessions` : "Start"}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

const countWords = (count: number): string =>
  count === 1
    ? "One session will start, in a worktree and on a branch of its own."
    : `${count} sessions will start, each in a worktree and on a branch of its own.`;

/** The project that new sessions are for: the selected one, else the one that was added last. */
function useProject() {
  const { view } = useStores();
  const byId = useFleet((state) => state.projects);
  const selected = useView((state) => state.project);
  const projects = Object.values(byId).toSorted((left, right) => left.name.localeCompare(right.name));
  const last = projects.reduce<ProjectSummary | null>(
    (best, one) => (best && best.addedAt >= one.addedAt ? best : one),
    null,
  );
  const project = (selected !== null ? byId[selected] : undefined) ?? last;
  return { projects, project, select: (id: string) => view.setState({ project: id }) };
}

/** Starts sessions, opens them side by side and closes the dialog; on failure everything that was typed stays. */
function useStart(project: ProjectSummary | null, onClose: () => void) {
  const client = useClient();
  const { view } = useStores();
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const start = async (sessions: ReturnType<typeof sessionsOf>): Promise<void> => {
    if (starting || project === null) return;
    setStarting(true);
    setProblem(null);
    try {
      const started = await client().sessions.create({ project: project.path, sessions });
      draftStore.setState(afterStart);
      const ids = started.sessions.map(({ id }) => id);
      // Who closed it meanwhile has gone on elsewhere, and keeps the keys.
      const closed = view.getState().dialog !== "new-session";
      view.setState((state) => ({
        ...withStarted({ ...state, project: project.id }, ids),
        ...(closed && { keysTo: state.keysTo }),
      }));
      if (!closed) onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setStarting(false);
    }
  };
  return { start, starting, problem };
}

function ProjectField({
  projects,
  project,
  onSelect,
  onAdd,
}: {
  projects: readonly ProjectSummary[];
  project: ProjectSummary | null;
  onSelect: (id: string) => void;
  onAdd: () => void;
}) {
  return (
    <div className={styles.project}>
      <Field label="Project" {...(project && { hint: project.path })}>
        {(control) => (
          <select
            {...control}
            value={project?.id ?? ""}
            disabled={projects.length === 0}
            onChange={(event) => onSelect(event.target.value)}
          >
            {projects.length === 0 && <option value="">There is no project yet</option>}
            {projects.map(({ id, name, path }) => (
              <option key={id} value={id}>
                {projects.some((other) => other.id !== id && other.name === name)
                  ? `${name} – ${path}`
                  : name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Button onClick={onAdd}>Add a project…</Button>
    </div>
  );
}

function Disclosure({ title, summary, children }: { title: string; summary: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className={styles.disclosure}>
        <span className={styles.disclosureTitle}>{title}</span>
        <span className={styles.disclosureSummary}>{summary}</span>
        <Button
          look="quiet"
          aria-expanded={open}
          aria-controls={id}
          aria-label={`${open ? "Close" : "Change"}: ${title}`}
          onClick={() => setOpen(!open)}
        >
          {open ? "Close" : "Change"}
        </Button>
      </div>
      <div id={id} hidden={!open}>
        {children}
      </div>
    </>
  );
}

/**
 * What is chosen for all. Who works with the offline demo, and has no model of a provider that could be used, goes on with
 * the demo unless another one is named.
 */
function useCommon(chosen: Choice, settings: Settings, models: readonly ModelEntry[]): Choice {
  const usesOffline = useFleet(({ sessions }) =>
    Object.values(sessions).some(({ provider }) => provider === "offline"),
  );
  const model = split(models).offline[0]?.id;
  const isNamed = chosen.model !== undefined || settings.model !== null;
  if (isNamed || !usesOffline || model === undefined || usable(models, [undefined])) return chosen;
  return { ...chosen, model };
}

/** What is used where nothing is chosen. */
function defaultsOf(settings: Settings, models: readonly ModelEntry[]): Inherited {
  const first = split(models).online[0];
  const model = modelName(settings.model ?? undefined, models) ?? first?.name ?? "the provider's";
  return { model, approval: settings.approval, sandbox: settings.sandbox };
}

const modelName = (id: string | undefined, models: readonly ModelEntry[]): string | undefined =>
  id === undefined ? undefined : (models.find((model) => model.id === id)?.name ?? id);

const named = ({ approval, sandbox }: Choice): Partial<Pick<Inherited, "approval" | "sandbox">> => ({
  ...(approval && { approval }),
  ...(sandbox && { sandbox }),
});

function summaryOf(common: Choice, defaults: Inherited, models: readonly ModelEntry[]): string {
  const { approval, sandbox } = { ...defaults, ...named(common) };
  return [
    modelName(common.model, models) ?? defaults.model,
    APPROVAL_WORDS[approval].word,
    SANDBOX_WORDS[sandbox].word,
  ].join(" · ");
}
