// INV-04: what was answered holds. Written resources are there as written until somebody deletes them, ended
// operations stay as they ended, a secret once made stays the same until its cluster is forgotten.
import { isTerminal } from "@cynosure/model";
import type { Invariant, Sight } from "./invariant.ts";

export function acknowledgedIsKept(): Invariant {
  const ended = new Map<string, string>();
  const secrets = new Map<string, string>();

  const operations = ({ database }: Sight): string | null => {
    for (const { operation } of database.tables.operations.list()) {
      const before = ended.get(operation.id);
      if (before !== undefined && before !== operation.status) return `operation ${operation.id} had ended ${before} and is now ${operation.status}`;
      if (isTerminal(operation.status)) ended.set(operation.id, operation.status);
    }
    return null;
  };
  const secretsStay = ({ database }: Sight): string | null => {
    const now = new Map(database.tables.secrets.list().map((row) => [`${row.clusterKey} ${row.name}`, row.value]));
    for (const [key, value] of now) {
      if (secrets.has(key) && secrets.get(key) !== value) return `the secret ${key} has changed`;
    }
    // Forgotten with its cluster; the next one of that name may have another.
    for (const key of secrets.keys()) if (!now.has(key)) secrets.delete(key);
    for (const [key, value] of now) secrets.set(key, value);
    return null;
  };
  return {
    id: "INV-04",
    statement: "Every acknowledged write is readable: a resource is as last written until it is deleted, an operation that ended stays so, a write under a replaced etag is refused, secrets stay the same.",
    committed: operations,
    ticked(sight) {
      for (const key of sight.acknowledged.keys) {
        const wrong = sight.acknowledged.judge(key, sight.database.tables.resources.get(key));
        if (wrong !== null) return wrong;
      }
      return secretsStay(sight);
    },
  };
}
