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
  /** From now on this one too: also an older key may still be in what a server says. */
  learn(secret: string | undefined): void;
}

export function createSecretKeeper(env: NodeJS.ProcessEnv): SecretKeeper {
  let secrets: readonly string[] = knownSecrets(env);
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
      if (!secret || secrets.includes(secret)) return;
      secrets = [...secrets, secret];
      redact = createRedactor({ secrets });
    },
  };
}
