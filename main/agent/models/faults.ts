/** What went wrong at a model's server, as a `Fault`: a failure in a person's words, and whether to ask again. */
import { APIConnectionError, APIError } from "openai";
import { z } from "zod";
import type { Failure } from "#shared/kernel/failure.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { Fault } from "./model.ts";

const again = (failure: Failure, afterMs: number | null = null): Fault => ({ failure, retry: { afterMs } });
const final = (failure: Failure): Fault => ({ failure, retry: null });

export const unreachable = (details: string): Fault =>
  again({
    code: "model_unreachable",
    message: "The model's server could not be reached.",
    hint: "Check the network and the server's address, then continue the session.",
    details,
  });

/** A stream that ended, or fell silent, before the server said that the response is complete. */
export const cut = (how: "ended" | "silent" | "broken", details: string): Fault => {
  const message = {
    ended: "The model's answer was cut off.",
    silent: "The model's server fell silent.",
    broken: "The model's server sent what cannot be read as an answer.",
  }[how];
  return again({ code: "model_unreachable", message, hint: "Continue the session to ask again.", details });
};

const contextFull = (details: string): Fault =>
  final({
    code: "context_full",
    message: "The conversation is longer than this model can read.",
    kept: "Everything that the session did is kept, in its log and in its worktree.",
    hint: "Start a new session from this branch, or continue with a model that has a larger context.",
    details,
  });

const isContextFull = (code: string | null, text: string): boolean =>
  code === "context_length_exceeded" ||
  /context[_ ](length|window)|maximum context|too many tokens|prompt is too long|input is too long/i.test(
    text,
  );

/** An error that the server named in a stream: `response.failed`, or an `error` event. */
export function namedFault(code: string | null, message: string): Fault {
  if (isContextFull(code, message)) return contextFull(message);
  if (code === "insufficient_quota") return noQuota(message);
  if (
    code !== null &&
    /^(invalid_|image_|unsupported_|empty_image|bio_|misalignment_|data_residency)/.test(code)
  ) {
    return refused(message);
  }
  return again({
    code: "model_unreachable",
    message: "The model's server failed while it answered.",
    hint: "Continue the session to ask again.",
    details: code === null ? message : `${code}: ${message}`,
  });
}

const refused = (details: string): Fault =>
  final({
    code: "model_refused_request",
    message: "The model's server refused the request.",
    hint: "The details say why. Check the model's name and the server's address.",
    details,
  });

const noQuota = (details: string): Fault =>
  final({
    code: "model_quota",
    message: "The account at the model provider has no credit left.",
    hint: "Check plan and billing at the provider, then continue the session.",
    details,
  });

/** The fault behind whatever a request threw; null where it is no error of the server or the network. */
export function faultOf(error: unknown, now: number): Fault | null {
  if (error instanceof APIConnectionError) return unreachable(connectionDetails(error));
  if (!(error instanceof APIError)) return misconfigured(error) ?? networkFault(error);
  const status: number | undefined = error.status;
  if (status === undefined) return namedFault(error.code ?? null, error.message);
  return statusFault(status, error.code ?? null, error.message, retryAfterMs(error.headers, now));
}

type StatusKind = "unauthorized" | "forbidden" | "not_found" | "busy" | "too_large" | "refused";

function statusKind(status: number): StatusKind {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 405) return "not_found";
  if (status === 408 || status === 409 || status === 425 || status === 429 || status >= 500) return "busy";
  return status === 413 ? "too_large" : "refused";
}

function statusFault(status: number, code: string | null, details: string, afterMs: number | null): Fault {
  if (isContextFull(code, details) && status < 500) return contextFull(details);
  if (code === "insufficient_quota") return noQuota(details);
  const kind = statusKind(status);
  switch (kind) {
    case "unauthorized":
      return final({
        code: "model_unauthorized",
        message: "The model's server did not accept the key.",
        hint: "Set OPENAI_API_KEY to a valid key for this server, then continue the session.",
        details,
      });
    case "forbidden":
      return final({
        code: "model_forbidden",
        message: "The key may not use this model.",
        hint: "Choose another model, or ask for access at the provider.",
        details,
      });
    case "not_found":
      return final({
        code: "model_not_found",
        message: "The model's server does not know this model or this address.",
        hint: "Check the model's name and OPENAI_BASE_URL.",
        details,
      });
    case "busy":
      return again(
        {
          code: status === 429 ? "model_rate_limited" : "model_unreachable",
          message: `The model's server answered with ${status}.`,
          hint: "Wait a little, then continue the session.",
          details,
        },
        afterMs,
      );
    case "too_large":
      return contextFull(details);
    case "refused":
      return refused(details);
    default:
      return assertNever(kind);
  }
}

/** `Retry-After` in milliseconds from now: seconds or a date, https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfterMs(headers: Headers | undefined, now: number): number | null {
  const exact = headers?.get("retry-after-ms")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(exact)) return Number(exact);
  const value = headers?.get("retry-after")?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** An address that is none, or a key that no header can hold. No details: they would quote the key. */
const misconfigured = (error: unknown): Fault | null =>
  error instanceof TypeError && /invalid (url|header)|header value|ByteString/i.test(error.message)
    ? final({
        code: "model_misconfigured",
        message: "The address or the key of the model's server cannot be used.",
        hint: "Check OPENAI_BASE_URL and OPENAI_API_KEY.",
      })
    : null;

/** `fetch` throws a TypeError for a broken connection and for a body that ends too early; the cause has a code. */
function networkFault(error: unknown): Fault | null {
  if (!(error instanceof Error)) return null;
  const isNetwork =
    (error instanceof TypeError && /fetch failed|terminated/.test(error.message)) ||
    causeCode(error) !== null;
  return isNetwork ? cut("ended", connectionDetails(error)) : null;
}

const coded = z.object({ code: z.string() });
const causeCode = (error: Error): string | null => {
  const parsed = coded.safeParse(error.cause);
  return parsed.success ? parsed.data.code : null;
};

function connectionDetails(error: Error): string {
  const chain: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code = coded.safeParse(at);
    chain.push(code.success ? `${at.message} (${code.data.code})` : at.message);
  }
  return chain.join(": ");
}
