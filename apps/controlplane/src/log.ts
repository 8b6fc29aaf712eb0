// One JSON line per event on standard output, which the starter points at a file. Takes names and reasons,
// never request bodies, headers or secrets.

export type Log = (event: string, facts?: Readonly<Record<string, unknown>>) => void;

export const log: Log = (event, facts = {}) => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...facts })}\n`);
};

/** The chain of causes, innermost last. */
export function describeError(error: unknown): { message: string; causes: string[]; stack?: string } {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < 8) {
    causes.push(cause instanceof Error ? cause.message : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return error instanceof Error ? { message: error.message, causes, ...(error.stack === undefined ? {} : { stack: error.stack }) } : { message: String(error), causes };
}
