// What a command prints and where: results on standard output (one JSON value with --json, a table or lines
// without), everything said along the way on standard error when --json is given. Decides nothing else.

export interface Output {
  readonly isJson: boolean;
  /** The stream for progress and remarks. */
  readonly notes: NodeJS.WriteStream;
  /** A remark along the way. */
  note(line: string): void;
  /** The result: `json` with --json, `lines` without. */
  result(json: unknown, lines: readonly string[]): void;
}

export function createOutput(isJson: boolean, streams: { out: NodeJS.WriteStream; err: NodeJS.WriteStream } = { out: process.stdout, err: process.stderr }): Output {
  const notes = isJson ? streams.err : streams.out;
  return {
    isJson,
    notes,
    note: (line) => void notes.write(`${line}\n`),
    result(json, lines) {
      if (isJson) streams.out.write(`${JSON.stringify(json)}\n`);
      else for (const line of lines) streams.out.write(`${line}\n`);
    },
  };
}

/** Columns as wide as their widest cell, two spaces between; the last one is left as it is. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === header.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** Breaks a list of words into lines of at most `columns`, each with `indent` in front. */
export function wrapWords(words: readonly string[], columns: number, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    const next = line === indent ? indent + word : `${line} ${word}`;
    if (next.length > columns && line !== indent) {
      lines.push(line);
      line = indent + word;
    } else line = next;
  }
  if (line !== indent) lines.push(line);
  return lines;
}
