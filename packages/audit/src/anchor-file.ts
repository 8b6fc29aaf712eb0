// The anchors outside the database: one JSON object a line, only ever appended, on disk before anybody is
// told. A line cut off by a crash is passed over and written again.
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { AuditAnchor } from "./audit-types.ts";
import { readAnchor } from "./read-values.ts";

export interface AnchorFile {
  /** What is there, in the order written. */
  read(): readonly AuditAnchor[];
  append(anchors: readonly AuditAnchor[]): void;
}

export function openAnchorFile(path: string): AnchorFile {
  return {
    read: () => (existsSync(path) ? parseAnchorLines(readFileSync(path, "utf8")).anchors : []),
    append: (anchors) => {
      if (anchors.length === 0) return;
      const isNew = !existsSync(path);
      const file = openSync(path, "a+", 0o600);
      try {
        // What a crash cut off in the middle must not swallow the line after it.
        const lines = anchors.map((anchor) => `${JSON.stringify(anchor)}\n`).join("");
        writeSync(file, `${isNew || endsInLine(file) ? "" : "\n"}${lines}`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      if (isNew) syncDirectory(dirname(path));
    },
  };
}

function endsInLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}

/** A new name is on disk only with its directory. */
function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Anchors of the lines that are one; how many lines are none. */
export function parseAnchorLines(text: string): { readonly anchors: readonly AuditAnchor[]; readonly brokenLines: readonly number[] } {
  const anchors: AuditAnchor[] = [];
  const brokenLines: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const anchor = readAnchor(line);
    if (anchor === null) brokenLines.push(index + 1);
    else anchors.push(anchor);
  }
  return { anchors, brokenLines };
}
