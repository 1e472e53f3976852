/** Validators of any library that speaks Standard Schema (https://standardschema.dev), such as zod, valibot or arktype. */

import { get, isFunction } from "./check.js";
import { SocketError } from "./errors.js";

/** The interface that such a validator has: version 1 of the specification. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** What a validator found wrong. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * The message as the validator gives it back: it may fill in defaults.
 *
 * @throws SocketError - `invalid-message`, with what the validator says as its cause: that may quote the message
 */
export function validate(schema: StandardSchema<unknown, unknown> | undefined, message: unknown): unknown {
  if (!schema) return message;
  let result: { readonly value?: unknown };
  let issues: readonly SchemaIssue[] | undefined;
  try {
    result = schema["~standard"].validate(message) as typeof result;
    ({ issues } = result as { issues?: readonly SchemaIssue[] });
  } catch (thrown) {
    throw invalidMessage("the validator threw", thrown);
  }
  if (isFunction(get(result, "then"))) throw invalidMessage("the validator must not be async");
  if (!issues) return result.value;
  const path = issues[0]?.path?.map((part) => (typeof part === "object" ? part.key : part)) ?? [];
  const where = path.length ? ` at ${path.map(String).join(".")}` : "";
  throw invalidMessage(`the message is not valid${where}`, issues, path);
}

const invalidMessage = (what: string, cause?: unknown, path?: PropertyKey[]) =>
  new SocketError("invalid-message", what, cause, path);
