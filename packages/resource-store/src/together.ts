// Statements of one transaction that need no answer of each other, asked for at once: they run in the order of asking and
// cost one way to the database instead of one each. Waits for all, whatever fails: what goes on after the
// transaction was undone would write outside of it.

/** All answers, or the first failure in the order of asking, when each has ended. */
export async function together<T extends readonly unknown[]>(...asked: { readonly [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const ended = await Promise.allSettled(asked);
  const failed = ended.find((each) => each.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return ended.map((each) => (each.status === "fulfilled" ? each.value : undefined)) as unknown as T; // none was rejected, as was just seen
}
