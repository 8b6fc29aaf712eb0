// A transaction that met another one is asked for again, a few times: what is repeated and how often.

/** Deadlock and serialisation failure: the database asks for the same transaction again. */
const isRepeatable = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "40P01" || error.code === "40001");

const TRANSACTION_ATTEMPTS_MAX = 3;

export async function repeatably<T>(once: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (attempt >= TRANSACTION_ATTEMPTS_MAX || !isRepeatable(error)) throw error;
    }
  }
}
