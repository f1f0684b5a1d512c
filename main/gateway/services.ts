import type { AnySchema, ContractProcedure, InferSchemaInput, InferSchemaOutput } from "@orpc/contract";
import type { Result } from "#shared/kernel/failure.ts";
import type { contract } from "#shared/session/contract.ts";

/** What a verb's service gets and gives: the input as parsed, with its defaults, and the output as it goes on the wire. */
type VerbOf<Procedure> =
  Procedure extends ContractProcedure<infer Input, infer Output, infer _Errors, infer _Meta>
    ? (input: Parsed<Input>, signal?: AbortSignal) => Promise<Result<Given<Output>>> | Result<Given<Output>>
    : never;

type Parsed<Schema> = Schema extends AnySchema ? InferSchemaOutput<Schema> : never;
type Given<Schema> = Schema extends AnySchema ? InferSchemaInput<Schema> : never;

/** The services of the host, each with a method for each verb of the contract. */
export type HostServices = {
  readonly [Area in keyof typeof contract]: {
    readonly [Verb in keyof (typeof contract)[Area]]: VerbOf<(typeof contract)[Area][Verb]>;
  };
};
