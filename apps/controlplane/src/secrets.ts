// The secrets of one installation: made once, then read for ever. Each lives in a file of its own under the
// data directory, readable by its owner only; an existing file is never overwritten.
import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Secrets {
  /** Seals secrets at rest. */
  readonly masterKey: Buffer;
  /** Service principal of the built-in issuer; the file holds the only clear copy of its secret. */
  readonly client: { readonly clientId: string; readonly clientSecret: string };
}

const MASTER_KEY_BYTES = 32;

export function openSecrets(dirs: { readonly homeDir: string; readonly pkiDir: string }): Secrets {
  const keyPath = join(dirs.pkiDir, "master.key");
  const masterKey = Buffer.from(readOrCreate(keyPath, () => randomBytes(MASTER_KEY_BYTES).toString("base64url")).trim(), "base64url");
  if (masterKey.length !== MASTER_KEY_BYTES) throw new Error(`${keyPath} does not hold ${MASTER_KEY_BYTES} bytes; restore it, or start with --fresh`);
  return { masterKey, client: readClient(join(dirs.homeDir, "credentials.json")) };
}

function readClient(path: string): Secrets["client"] {
  const text = readOrCreate(path, () => JSON.stringify({ clientId: uuidFrom(randomBytes(16)), clientSecret: randomBytes(32).toString("base64url") }));
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "clientId" in value && "clientSecret" in value && typeof value.clientId === "string" && typeof value.clientSecret === "string") {
    return { clientId: value.clientId, clientSecret: value.clientSecret };
  }
  throw new Error(`${path} holds no clientId and clientSecret; remove it to have a new pair made`);
}

function uuidFrom(bytes: Buffer): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The text of a 0600 file, made whole by the first to need it: a kill in between leaves none, not half of one. */
export function readOrCreate(path: string, make: () => string): string {
  if (existsSync(path)) return readFileSync(path, "utf8");
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, make(), { mode: 0o600 });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return readFileSync(path, "utf8");
}
