import type { ApprovalPolicy, SandboxMode } from "#shared/session/items.ts";
import { approvalPolicy, sandboxMode } from "#shared/session/items.ts";
import { split } from "../settings/models.ts";
import type { ModelEntry } from "../settings/models.ts";
import { Field } from "../ui/fields.tsx";
import { APPROVAL_WORDS, SANDBOX_WORDS } from "./policy-words.ts";
import styles from "./NewSessionDialog.module.css";
import type { Choice } from "./tasks.ts";

/** Where the policies stand when nothing is chosen here. */
export interface Inherited {
  readonly model: string;
  readonly approval: ApprovalPolicy;
  readonly sandbox: SandboxMode;
}

/** Model, approval policy and sandbox, for all tasks or for one. Nothing chosen is what it inherits. */
export function ChoiceFields({
  choice,
  inherited,
  inheritedWord,
  models,
  onChange,
}: {
  choice: Choice;
  inherited: Inherited;
  /** What to call it: `Default`, `As for all`. */
  inheritedWord: string;
  models: readonly ModelEntry[];
  onChange: (change: Choice) => void;
}) {
  const { online, offline } = split(models);
  const approval = choice.approval ?? inherited.approval;
  const sandbox = choice.sandbox ?? inherited.sandbox;
  const model = models.find(({ id }) => id === choice.model);
  return (
    <div className={styles.choices}>
      <Field label="Model" {...(model && { hint: modelHint(model) })}>
        {(control) => (
          <select
            {...control}
            value={choice.model ?? ""}
            onChange={(event) => onChange({ model: event.target.value || undefined })}
          >
            <option value="">{`${inheritedWord}: ${inherited.model}`}</option>
            {choice.model !== undefined && !model && <option value={choice.model}>{choice.model}</option>}
            {[...online, ...offline].map(({ id, name, usable }) => (
              <option key={id} value={id} disabled={!usable}>
                {usable ? name : `${name} – can't be used now`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Approval" hint={APPROVAL_WORDS[approval].meaning}>
        {(control) => (
          <select
            {...control}
            value={choice.approval ?? ""}
            onChange={(event) => onChange({ approval: approvalPolicy.safeParse(event.target.value).data })}
          >
            <option value="">{`${inheritedWord}: ${APPROVAL_WORDS[inherited.approval].word}`}</option>
            {approvalPolicy.options.map((policy) => (
              <option key={policy} value={policy}>
                {APPROVAL_WORDS[policy].word}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Sandbox" hint={SANDBOX_WORDS[sandbox].meaning}>
        {(control) => (
          <select
            {...control}
            value={choice.sandbox ?? ""}
            onChange={(event) => onChange({ sandbox: sandboxMode.safeParse(event.target.value).data })}
          >
            <option value="">{`${inheritedWord}: ${SANDBOX_WORDS[inherited.sandbox].word}`}</option>
            {sandboxMode.options.map((mode) => (
              <option key={mode} value={mode}>
                {SANDBOX_WORDS[mode].word}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

const modelHint = ({ provider }: ModelEntry): string =>
  provider === "offline"
    ? "Recipes instead of a model: no key, no network, real work on what they know."
    : "Of the provider in Settings.";
