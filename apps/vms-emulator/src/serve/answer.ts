// An answer of the API, and the refusals with the bodies clients know: `{detail}`, `{code, detail}`, maps of fields, bare text.
export interface Answer {
  readonly status: number;
  /** Undefined: none. */
  readonly body?: unknown;
  /** Of `body` when it is text and no JSON. */
  readonly contentType?: string;
}

/** Thrown to end a call with an answer. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, body: unknown) {
    super(`answered ${status}: ${JSON.stringify(body)}`);
    this.answer = { status, body };
  }
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

export const notFound = (): Refusal => new Refusal(404, { detail: "Not found." });
export const badField = (field: string, reason: string): Refusal => new Refusal(400, { [field]: [reason] });
export const conflict = (code: string, detail: string): Refusal => new Refusal(409, { code, detail });
export const notSignedIn = (detail: string, code: string): Refusal => new Refusal(401, { detail, code });
export const denied = (): Refusal => new Refusal(403, { code: "permission_denied", detail: "You do not have permission to perform this action." });
