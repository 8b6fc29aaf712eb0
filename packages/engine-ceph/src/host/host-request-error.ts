// An error with a code the engine's effect half can branch on; the agent carries `code` to the caller.

export type HostRequestCode =
  | "BadPayload"
  | "CephUnreachable" // no monitor answered in time
  | "HostFileMissing" // the host plan that writes the file has not arrived
  | "NotADirectory" // a name of the path is a file or a symbolic link
  | "S3Unreachable"
  | "S3Refused"
  | "ToolFailed";

export class HostRequestError extends Error {
  readonly code: HostRequestCode;

  constructor(code: HostRequestCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "HostRequestError";
    this.code = code;
  }
}
