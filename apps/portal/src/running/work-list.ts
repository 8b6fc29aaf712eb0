// The long-running writes begun in this window, as a list that only changes by events. Pure.

export interface WorkItem {
  readonly id: number;
  /** To be read as a headline: "Create cluster meadow". */
  readonly title: string;
  /** Page that shows more of it. */
  readonly to: string | undefined;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | undefined;
  readonly percent: number | undefined;
  /** The server's own word for how it is. */
  readonly status: string | undefined;
  /** Present when it failed. */
  readonly error: unknown;
}

export type WorkEvent =
  | { readonly kind: "accepted"; readonly id: number; readonly title: string; readonly to: string | undefined; readonly atMs: number }
  | { readonly kind: "progress"; readonly id: number; readonly percent: number | undefined; readonly status: string | undefined }
  | { readonly kind: "done"; readonly id: number; readonly atMs: number }
  | { readonly kind: "failed"; readonly id: number; readonly atMs: number; readonly error: unknown }
  | { readonly kind: "dismissed"; readonly id: number };

/** The newest first. */
export function nextWork(items: readonly WorkItem[], event: WorkEvent): readonly WorkItem[] {
  const change = (part: Partial<WorkItem>): readonly WorkItem[] => items.map((item) => (item.id === event.id ? { ...item, ...part } : item));
  switch (event.kind) {
    case "accepted":
      return [{ id: event.id, title: event.title, to: event.to, startedAtMs: event.atMs, finishedAtMs: undefined, percent: undefined, status: undefined, error: undefined }, ...items];
    case "progress":
      return change({ percent: event.percent, status: event.status });
    case "done":
      return change({ finishedAtMs: event.atMs, percent: 100 });
    case "failed":
      return change({ finishedAtMs: event.atMs, error: event.error });
    case "dismissed":
      return items.filter((item) => item.id !== event.id);
  }
}
