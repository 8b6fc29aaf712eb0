// Files of one directory as answers: read whole into memory once and found there by their exact name, so that no
// request reaches the file system by a name of its own. Read again when anything in the directory has changed.
import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { RouteAnswer } from "./route.ts";

export const STATIC_FILE_BYTES_MAX = 8 * 1024 * 1024;
/** Of all files of a directory together. */
export const STATIC_BYTES_MAX = 32 * 1024 * 1024;
export const STATIC_FILES_COUNT_MAX = 1_000;
const LOOK_AGAIN_MS = 1_000;
/** Good and quick: a megabyte takes a tenth of a second, once. */
const BROTLI_QUALITY = 9;
const YEAR_SECONDS = 31_536_000;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};
const isPacked = (name: string): boolean => [".ico", ".png", ".woff2"].includes(extname(name));

type Coding = "br" | "gzip" | "identity";

interface StaticFile {
  readonly contentType: string;
  readonly etag: string;
  readonly codings: Readonly<Partial<Record<Coding, Uint8Array>>> & { readonly identity: Uint8Array };
}

export interface StaticFilesOptions {
  readonly dir: string;
  /** File of the directory without which there is nothing to serve. */
  readonly marker: string;
  /** Names below it carry a digest of what they hold, so that a browser may keep them for ever. */
  readonly hashedUnder: string;
  readonly nowMs: () => number;
}

export interface StaticFiles {
  /** Null while the directory has no marker. Throws when there is too much in it. */
  open(): Promise<StaticTable | null>;
}

export interface StaticTable {
  /** Null when there is no such file. */
  answer(name: string, headers: Readonly<Record<string, string | undefined>>): RouteAnswer | null;
  text(name: string): string | null;
}

interface Listed {
  /** Below the directory, with `/` between its parts. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

export function openStaticFiles(options: StaticFilesOptions): StaticFiles {
  let known: { readonly mark: string | null; readonly table: Promise<StaticTable | null>; readonly lookedAtMs: number } | null = null;
  return {
    async open() {
      const nowMs = options.nowMs();
      if (known !== null && nowMs - known.lookedAtMs < LOOK_AGAIN_MS) return known.table;
      const listed = await listFiles(options.dir);
      // All names, sizes and times: what is looked at while it is being written is read again when it is whole.
      const mark = listed.some(({ name }) => name === options.marker) ? JSON.stringify(listed) : null;
      const table = known !== null && known.mark === mark ? known.table : mark === null ? Promise.resolve(null) : readTable(options, listed);
      known = { mark, table, lookedAtMs: nowMs };
      // What could not be read is read again.
      table.catch(() => {
        if (known?.table === table) known = null;
      });
      return table;
    },
  };
}

/** In order of name; none where there is no such directory. */
async function listFiles(dir: string): Promise<readonly Listed[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  // A link is no file of the build.
  const paths = entries.filter((entry) => entry.isFile()).slice(0, STATIC_FILES_COUNT_MAX + 1).map((entry) => join(entry.parentPath, entry.name));
  const listed = await Promise.all(paths.map(async (path) => ({ path, found: await stat(path).catch(() => null) })));
  return listed
    .flatMap(({ path, found }) => (found === null ? [] : [{ name: relative(dir, path).replaceAll(sep, "/"), path, size: found.size, mtimeMs: found.mtimeMs }]))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function readTable({ dir, hashedUnder }: StaticFilesOptions, listed: readonly Listed[]): Promise<StaticTable> {
  const large = listed.find(({ size }) => size > STATIC_FILE_BYTES_MAX);
  if (large !== undefined) throw new Error(`${dir} is not served: ${large.name} is over ${STATIC_FILE_BYTES_MAX} bytes`);
  if (listed.length > STATIC_FILES_COUNT_MAX || listed.reduce((sum, { size }) => sum + size, 0) > STATIC_BYTES_MAX) {
    throw new Error(`${dir} is not served: it holds more than ${STATIC_FILES_COUNT_MAX} files or ${STATIC_BYTES_MAX} bytes`);
  }
  const files = new Map<string, StaticFile>();
  const read = await Promise.all(listed.map(async ({ name, path }) => ({ name, file: await readStatic(path) })));
  for (const { name, file } of read) files.set(name, file);
  return {
    answer: (name, headers) => {
      const file = files.get(name);
      return file === undefined ? null : answerOf(file, name.startsWith(hashedUnder), headers);
    },
    text: (name) => {
      const file = files.get(name);
      return file === undefined ? null : new TextDecoder().decode(file.codings.identity);
    },
  };
}

async function readStatic(path: string): Promise<StaticFile> {
  const identity = await readFile(path);
  const etag = createHash("sha256").update(identity).digest("base64url");
  const contentType = TYPES[extname(path)] ?? "application/octet-stream";
  if (isPacked(path)) return { contentType, etag, codings: { identity } };
  const [br, packed] = await Promise.all([promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }), promisify(gzip)(identity)]);
  return { contentType, etag, codings: { identity, ...(br.length < identity.length ? { br } : {}), ...(packed.length < identity.length ? { gzip: packed } : {}) } };
}

function answerOf({ contentType, etag, codings }: StaticFile, isHashed: boolean, headers: Readonly<Record<string, string | undefined>>): RouteAnswer {
  const coding = chooseCoding(headers["accept-encoding"] ?? "", codings);
  const tag = `"${etag}-${coding}"`;
  const about = {
    etag: tag,
    vary: "accept-encoding",
    "cache-control": isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
    "cross-origin-resource-policy": "same-origin",
  };
  if ((headers["if-none-match"] ?? "").split(",").some((each) => each.trim().replace(/^W\//, "") === tag)) return { status: 304, headers: about };
  return { status: 200, headers: { ...about, "content-type": contentType, ...(coding === "identity" ? {} : { "content-encoding": coding }) }, bytes: codings[coding] ?? codings.identity };
}

/** The smallest of what the client takes; a coding with `q=0` it does not. */
function chooseCoding(accepted: string, codings: StaticFile["codings"]): Coding {
  const takes = new Set(accepted.toLowerCase().split(",").flatMap((each) => {
    const [name = "", ...rest] = each.split(";").map((part) => part.trim());
    return rest.some((part) => /^q=0(\.0*)?$/.test(part)) ? [] : [name];
  }));
  if (takes.has("br") && codings.br !== undefined) return "br";
  return takes.has("gzip") && codings.gzip !== undefined ? "gzip" : "identity";
}
