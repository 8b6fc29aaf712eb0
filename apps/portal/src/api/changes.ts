// Which queries a change touches. A query's key is ["arm", resource id, …]; a change names a cluster or a group.
// Pure; the stream itself is read in follow-changes.ts.

export interface Change {
  readonly id: string;
  readonly kind: string;
}

/** Key of everything that is read about a resource, a scope or a list below it. */
export const armKey = (resourceId: string, ...what: readonly string[]): readonly string[] => ["arm", normalise(resourceId), ...what];

const normalise = (id: string): string => id.toLowerCase().replace(/\/+$/, "");

const isBelow = (id: string, ancestor: string): boolean => id === ancestor || id.startsWith(`${ancestor}/`);

/** What is below the changed resource, and the lists of the scopes above it. */
export function isTouched(queryKey: readonly unknown[], change: Change): boolean {
  const [space, key] = queryKey;
  if (space !== "arm" || typeof key !== "string") return false;
  const id = normalise(change.id);
  return isBelow(key, id) || isBelow(id, key);
}

/** Undefined when it is none: a newer control plane may send other things. */
export function readChange(data: string): Change | undefined {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null || !("id" in value) || typeof value.id !== "string") return undefined;
    return { id: value.id, kind: "kind" in value && typeof value.kind === "string" ? value.kind : "" };
  } catch {
    return undefined;
  }
}
