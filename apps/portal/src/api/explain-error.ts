// An error in words for people: the server's message, what it means where the status says more than the message, and
// the facts to find it again. Pure.
import { ArmError } from "@cynosure/sdk";

export interface ExplainedError {
  readonly message: string;
  /** What to do about it, where the message does not say. */
  readonly remedy: string | undefined;
  /** Code, target and request, one line; empty when there are none. */
  readonly facts: string;
  /** Messages by the JSON path of the field that caused them. */
  readonly fields: Readonly<Record<string, string>>;
}

const remedies: Readonly<Record<number, string>> = {
  401: "The session has ended: open a fresh address from `cynosure portal`.",
  403: "Somebody who may give roles can allow it on the Access page.",
  404: "It may have been removed meanwhile, or this control plane does not offer it.",
  409: "Something else is going on with it: wait until that is done, then try again.",
  412: "Somebody changed it after it was shown here. What is shown now is the newest; look at it and apply your change again.",
  429: "Too many requests at once: try again in a moment.",
};

function fieldsOf(error: ArmError): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { target, message } of [...error.details, { target: error.target, message: error.message }]) {
    if (target !== undefined && target !== "" && fields[target] === undefined) fields[target] = message;
  }
  return fields;
}

export function explainError(error: unknown): ExplainedError {
  if (!(error instanceof ArmError)) return { message: error instanceof Error ? error.message : String(error), remedy: undefined, facts: "", fields: {} };
  const details = error.details.map(({ target, message }) => (target === undefined ? message : `${target}: ${message}`)).filter((line) => line !== error.message);
  const facts = [`Code ${error.code}`, ...(error.target === undefined ? [] : [`target ${error.target}`]), ...(error.requestId === undefined ? [] : [`request ${error.requestId}`])];
  return {
    message: [error.message, ...details].join(" "),
    remedy: error.statusCode === undefined ? undefined : remedies[error.statusCode],
    facts: facts.join(" · "),
    fields: fieldsOf(error),
  };
}
