// A failed call as the server explained it. It carries no request, so that printing it never shows a token.
import type { PipelineResponse } from "@azure/core-rest-pipeline";

export interface ArmErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

export interface ArmErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly target?: string | undefined;
  readonly details?: readonly ArmErrorDetail[];
  readonly statusCode?: number | undefined;
  readonly requestId?: string | undefined;
}

export class ArmError extends Error {
  readonly code: string;
  readonly target: string | undefined;
  readonly details: readonly ArmErrorDetail[];
  /** Absent when the failure is that of a long-running operation, whose polls succeed. */
  readonly statusCode: number | undefined;
  /** The server's id of the request, to find it in its log. */
  readonly requestId: string | undefined;

  constructor(facts: ArmErrorFacts) {
    super(facts.message);
    // The name the Azure SDKs test for, `isRestError` among them.
    this.name = "RestError";
    this.code = facts.code;
    this.target = facts.target;
    this.details = facts.details ?? [];
    this.statusCode = facts.statusCode;
    this.requestId = facts.requestId;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function readDetails(value: unknown): ArmErrorDetail[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((detail) => {
    const target = text(detail["target"]);
    return { code: text(detail["code"]) ?? "", message: text(detail["message"]) ?? "", ...(target === undefined ? {} : { target }) };
  });
}

/** The `error` of an ARM error body or of an operation's status; undefined when there is none. */
export function readArmError(body: unknown, extra: Pick<ArmErrorFacts, "statusCode" | "requestId"> = {}): ArmError | undefined {
  const error = isRecord(body) ? body["error"] : undefined;
  if (!isRecord(error)) return undefined;
  return new ArmError({ code: text(error["code"]) ?? "Unknown", message: text(error["message"]) ?? "The server gave no reason", target: text(error["target"]), details: readDetails(error["details"]), ...extra });
}

/** The error of a response that is not a success, whatever its body looks like. */
export function errorOfResponse(response: PipelineResponse, body: unknown): ArmError {
  const extra = { statusCode: response.status, requestId: response.headers.get("x-ms-request-id") };
  const explained = readArmError(body, extra);
  if (explained !== undefined) return explained;
  return new ArmError({ code: `Http${response.status}`, message: `The server answered ${response.status} without an error body; is this a Cynosure or ARM endpoint?`, ...extra });
}
