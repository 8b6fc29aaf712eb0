// A write that met somebody else's (412): says what that other write changed, so that one's own can be looked at again.
import { ArmError } from "@cynosure/sdk";
import { contractTypes } from "@cynosure/sdk";
import { differences } from "../../forms/change-value.ts";
import { namedType } from "../../words/values.ts";

export const isConflict = (error: unknown): error is ArmError => error instanceof ArmError && error.statusCode === 412;

/** The same error, its message made longer by what is different now. */
export function withChanges(error: ArmError, typeName: string, shown: unknown, newest: unknown): ArmError {
  const changed = differences(contractTypes, namedType(contractTypes, typeName), shown, newest).filter((line) => !line.startsWith("ETag") && !line.startsWith("System data"));
  const what = changed.length === 0 ? "Nothing that is shown here differs." : `Changed meanwhile: ${changed.join("; ")}.`;
  return new ArmError({ code: error.code, message: `${error.message} ${what}`, target: error.target, details: error.details, statusCode: error.statusCode, requestId: error.requestId });
}
