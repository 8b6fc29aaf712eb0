// Snapshots and bounds as the management server tells them, by requests of our own: what an adapter says of its own doing
// proves nothing, so that neither its connection nor its names are used here.
import { Buffer } from "node:buffer";

type Row = Readonly<Record<string, unknown>>;

export interface NativeReader {
  readonly origin: string;
  /** Of the first user. */
  password(): string;
}

async function rowsOf({ origin, password }: NativeReader, collection: string): Promise<readonly Row[]> {
  const response = await fetch(`${origin}/api/latest/${collection}/`, { headers: { authorization: `Basic ${Buffer.from(`admin:${password()}`).toString("base64")}` } });
  if (!response.ok) throw new Error(`${collection}: ${response.status} ${await response.text()}`);
  return (await response.json()) as readonly Row[]; // without a word of pages a list is bare
}

const top = (fileSystem: string): string => `/file-systems/${fileSystem}`;
/** 0 is none. */
const bound = (value: unknown): number | null => (typeof value === "number" && value > 0 ? value : null);

export async function snapshotsOf(reader: NativeReader, fileSystem: string): Promise<readonly string[]> {
  const rows = await rowsOf(reader, "snapshots");
  // Whatever is under another name is told by the whole of it.
  return rows.filter((row) => row["path"] === top(fileSystem)).map((row) => String(row["name"]).replace(new RegExp(`^${fileSystem}\\.`), ""));
}

export async function boundsOf(reader: NativeReader, fileSystem: string, path: string): Promise<{ readonly bytes: number | null; readonly files: number | null }> {
  const directory = path === "/" ? top(fileSystem) : `${top(fileSystem)}${path}`;
  const rows = (await rowsOf(reader, "quotas")).filter((row) => row["path"] === directory);
  if (rows.length > 1) throw new Error(`${directory} has ${rows.length} quotas`);
  return { bytes: bound(rows[0]?.["hard_limit"]), files: bound(rows[0]?.["hard_limit_inodes"]) };
}
