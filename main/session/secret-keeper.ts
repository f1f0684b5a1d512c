import { createRedactor, knownSecrets } from "#main/policy/secrets.ts";
import type { Failure } from "#shared/kernel/failure.ts";
import { storedFailure } from "#shared/session/events.ts";

/** What must not be seen, as far as it is known now, and who takes it out of what is stored or shown. */
export interface SecretKeeper {
  readonly secrets: readonly string[];
  redact(value: unknown): unknown;
  redactText(text: string): string;
  /** The failure without these either. */
  redactFailure(failure: Failure, others: readonly string[]): Failure;
  /** From now on this one beside those of the environment, in place of the one before. */
  learn(secret: string | undefined): void;
}

export function createSecretKeeper(env: NodeJS.ProcessEnv): SecretKeeper {
  const own = knownSecrets(env);
  let secrets: readonly string[] = own;
  let redact = createRedactor({ secrets });
  return {
    get secrets() {
      return secrets;
    },
    redact: (value) => redact(value),
    redactText: (text) => String(redact(text)),
    redactFailure: (failure, others) =>
      storedFailure.parse(createRedactor({ secrets: [...secrets, ...others] })(failure)),
    learn: (secret) => {
      secrets = secret ? [...own, secret] : own;
      redact = createRedactor({ secrets });
    },
  };
}
