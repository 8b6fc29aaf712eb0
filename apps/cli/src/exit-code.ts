// The documented exit codes (docs/reference/cli.md) and the one error type that commands end with. Nothing
// here prints; main.ts turns an error into a line and a code.

export const ExitCode = {
  ok: 0,
  /** The operation ran and failed, or what was delivered does not verify. */
  failed: 1,
  /** Wrong flags, a wrong file, a request the service calls invalid. */
  usage: 2,
  notFound: 3,
  /** Something else is in the way: an operation in progress, a changed etag, another `cynosure up`. */
  conflict: 4,
  /** No control plane answers, or it does not know or allow us. */
  unreachable: 5,
  /** This machine cannot do it as it is: packages missing, no namespaces, no space. */
  machine: 6,
  /** A requirement that nothing known meets. */
  noOption: 7,
  /** Ended by Ctrl-C before it was finished. */
  interrupted: 130,
} as const;

export type ExitCodeValue = (typeof ExitCode)[keyof typeof ExitCode];

export const exitCodeHelp = [
  "Exit codes:",
  "  0    done",
  "  1    the operation failed, or the result does not verify",
  "  2    wrong flags, a wrong file, or a request the service calls invalid",
  "  3    not found",
  "  4    conflict: another operation in progress, a precondition, another `cynosure up`",
  "  5    no control plane answers, or it does not know or allow this caller",
  "  6    this machine cannot do it as it is; see `cynosure doctor`",
  "  7    nothing known meets the requirement; the answer says what contradicts",
  "  130  ended by Ctrl-C",
].join("\n");

/** Ends a command with a reason for people and a code for scripts. */
export class CommandError extends Error {
  readonly exitCode: ExitCodeValue;
  /** ARM error code, when the service gave one. */
  readonly code: string;
  readonly target: string | undefined;
  readonly operationId: string | undefined;
  /** Set when the service refused a request. */
  readonly httpStatus: number | undefined;

  constructor(exitCode: ExitCodeValue, message: string, options: { code?: string; target?: string | undefined; operationId?: string | undefined; httpStatus?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.code = options.code ?? "CommandFailed";
    this.target = options.target;
    this.operationId = options.operationId;
    this.httpStatus = options.httpStatus;
  }
}

/** HTTP status of a refused request to exit code. */
export function exitCodeForStatus(status: number): ExitCodeValue {
  if (status === 401 || status === 403 || status === 503) return ExitCode.unreachable;
  if (status === 404) return ExitCode.notFound;
  if (status === 409 || status === 412) return ExitCode.conflict;
  if (status >= 400 && status < 500) return ExitCode.usage;
  return ExitCode.failed;
}
