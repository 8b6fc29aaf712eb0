// What a protocol rule answers: a value, or the ARM error to give. This package throws nothing and knows
// no status codes; callers turn a problem into their own error.

export type ArmProblemCode =
  | "InvalidParameter"
  | "InvalidRequestContent"
  | "InvalidResourceName"
  | "InvalidResourceType"
  | "InvalidResourceNamespace"
  | "InvalidSubscriptionId"
  | "InvalidSkipToken"
  | "LocationRequired"
  | "LocationNotAvailableForResourceType"
  | "MissingApiVersionParameter"
  | "InvalidApiVersionParameter"
  | "NoRegisteredProviderFound"
  | "MismatchingResourceSegments"
  | "PreconditionFailed";

export interface ArmProblem {
  readonly code: ArmProblemCode;
  /** Names the thing, the reason and the remedy. */
  readonly message: string;
  /** JSON path, parameter or header name. */
  readonly target?: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ArmProblem };

export const accept = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const refuse = (code: ArmProblemCode, message: string, target?: string): Outcome<never> => ({
  ok: false,
  problem: target === undefined ? { code, message } : { code, message, target },
});
