// The ARM error envelope (§11): `{ error: { code, message, target?, details? } }` and nothing beside it.

export interface ErrorEntry {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly ErrorEntry[];
}

export interface ErrorBody {
  readonly error: ErrorEntry;
}

export function formatErrorBody(entry: { code: string; message: string; target?: string | undefined; details?: readonly ErrorEntry[] | undefined }): ErrorBody {
  return {
    error: {
      code: entry.code,
      message: entry.message,
      ...(entry.target === undefined ? {} : { target: entry.target }),
      ...(entry.details === undefined || entry.details.length === 0 ? {} : { details: entry.details }),
    },
  };
}
