// What the client may rely on: for every resource the values it may have now, given which writes were
// answered, refused, or never answered. A write that began after another one was answered supersedes it; one
// whose answer was lost may have happened, or happen yet.
import type { StoredResource } from "@cynosure/resource-store";

interface Write {
  readonly value: string;
  readonly startedAt: number;
  /** When it was answered; Infinity while it may still take effect. */
  endedAt: number;
  isAcknowledged: boolean;
}

interface Removal {
  readonly startedAt: number;
  endedAt: number;
}

interface Known {
  writes: Write[];
  removals: Removal[];
  etags: { readonly etag: string; readonly startedAt: number; readonly endedAt: number }[];
}

export interface PendingWrite {
  acknowledged(etag: string | undefined): void;
  refused(): void;
}

/** What of a row the client wrote, as one word; the same words are given to `beginWrite`. */
export function valueOfRow(row: StoredResource): string {
  // Only the simulation's own client wrote these rows, through the converters, so their shape is theirs.
  const properties = row.properties as { readonly hosts?: { readonly count: number }; readonly protection: { readonly hostFailures: number }; readonly usableCapacityBytes?: number };
  if (properties.hosts !== undefined) return clusterValue(properties.hosts.count, row.tags);
  if (properties.usableCapacityBytes !== undefined) return `${properties.usableCapacityBytes / 1e9} GB`;
  return `bucket surviving ${properties.protection.hostFailures}`;
}

export const clusterValue = (count: number, tags: Readonly<Record<string, string>>): string => `${count} hosts, note ${tags["note"] ?? "none"}`;

export class Acknowledged {
  readonly #known = new Map<string, Known>();
  #moment = 0;

  get keys(): readonly string[] {
    return [...this.#known.keys()];
  }

  isKnown(key: string): boolean {
    return this.#known.has(key);
  }

  beginWrite(key: string, value: string): PendingWrite {
    const write: Write = { value, startedAt: this.#tick(), endedAt: Infinity, isAcknowledged: false };
    const known = this.#of(key);
    known.writes.push(write);
    return {
      acknowledged: (etag) => {
        write.endedAt = this.#tick();
        write.isAcknowledged = true;
        known.writes = known.writes.filter((each) => each.endedAt >= write.startedAt);
        if (etag !== undefined) known.etags.push({ etag, startedAt: write.startedAt, endedAt: write.endedAt });
      },
      refused: () => void (known.writes = known.writes.filter((each) => each !== write)),
    };
  }

  /** From here on the resource, and whatever is inside it, may be gone. */
  beginRemoval(key: string): PendingWrite {
    const removal: Removal = { startedAt: this.#tick(), endedAt: Infinity };
    const known = this.#of(key);
    known.removals.push(removal);
    return { acknowledged: () => void (removal.endedAt = this.#tick()), refused: () => void (known.removals = known.removals.filter((each) => each !== removal)) };
  }

  /** An entity tag that some later, answered write replaced for certain. */
  replacedEtag(key: string): string | null {
    const { etags } = this.#of(key);
    const last = etags.at(-1);
    if (last === undefined) return null;
    return etags.find((each) => each.endedAt < last.startedAt && each.etag !== last.etag)?.etag ?? null;
  }

  /** Null when what is stored is what the client may expect, else what is wrong. */
  judge(key: string, row: StoredResource | undefined): string | null {
    const { writes } = this.#of(key);
    if (row === undefined) {
      const written = writes.filter((write) => write.isAcknowledged).at(-1);
      return written === undefined || this.#mayBeGone(key, written) ? null : `${key}: the answered write of "${written.value}" is gone, and nobody deleted it`;
    }
    const value = valueOfRow(row);
    return writes.some((write) => write.value === value) ? null : `${key} is "${value}"; it may be ${writes.map((write) => `"${write.value}"${write.isAcknowledged ? " (answered)" : ""}`).join(" or ") || "nothing"}`;
  }

  #mayBeGone(key: string, written: Write): boolean {
    return [key, parentOf(key)].some((each) => this.#known.get(each)?.removals.some((removal) => removal.endedAt >= written.startedAt) === true);
  }

  #of(key: string): Known {
    const known = this.#known.get(key) ?? { writes: [], removals: [], etags: [] };
    this.#known.set(key, known);
    return known;
  }

  #tick(): number {
    this.#moment += 1;
    return this.#moment;
  }
}

/** The cluster of a child; a cluster's own group, which nobody deletes. */
const parentOf = (key: string): string => key.split("/").slice(0, -2).join("/");
