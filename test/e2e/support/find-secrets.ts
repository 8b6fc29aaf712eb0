// Looks for secrets where none may be: every row of the database, every file of the installation (records,
// logs, the database's own files), in clear, base64, hex and URL form. What is allowed is listed with reasons.
import { lstatSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { Client } from "pg";
import { createSealer } from "../../../packages/resource-store/src/seal.ts";

export interface SecretFinding {
  readonly secret: string;
  readonly form: string;
  /** `table cynosure.plans` or a path below the data directory. */
  readonly where: string;
}

export interface SecretSearch {
  readonly home: string;
  /** Null: the database is not running; its files are searched all the same. */
  readonly databaseUrl: string | null;
  /** Name → value. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Files that are there to hold a secret. Each must be unreadable for others; `hosts/` is closed by its parent directory. */
const allowedPlaces: readonly { readonly path: RegExp; readonly why: string }[] = [
  { path: /^credentials\.json$/, why: "the client's own secret, mode 0600" },
  { path: /^postgres\.password$/, why: "the database password, mode 0600" },
  { path: /^pki\/(authority\.pem|token-signing\.pem|audit-anchor\.pem|master\.key)$/, why: "keys of the control plane, mode 0600" },
  { path: /^hosts\/[^/]+\/[^/]+\/(boot\.json|agent\/)/, why: "a host's own join token, certificate and key: on a real host its own disk" },
  { path: /^hosts\/[^/]+\/[^/]+\/(?!log\/)/, why: "a host's own state: keyrings, monitor store and disks of the engine, which must hold them to run" },
];
const HOST_LOGS = /^hosts\/[^/]+\/[^/]+\/log\//;
/** A host's disks are the users' data. */
const FILE_BYTES_MAX = 128 * 1024 * 1024;
const SECRET_LENGTH_MIN = 8;

const patterns: Readonly<Record<string, RegExp>> = {
  "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  "a Ceph key": /(?<![A-Za-z0-9+/])AQ[A-Za-z0-9+/]{36}==/,
  "a bearer token": /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/,
};

/** Base64 looks different at each of three offsets; the ends, which depend on the neighbours, are cut. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64").replace(/=+$/, "");
    return text.slice(offset === 0 ? 0 : offset + 1, -2);
  });
}

export function formsOf(secret: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(secret, "utf8");
  const base64 = base64Forms(bytes).filter((text) => text.length >= SECRET_LENGTH_MIN);
  const forms: (readonly [string, string])[] = [
    ["clear", secret],
    ["JSON", JSON.stringify(secret).slice(1, -1)],
    ["URL", encodeURIComponent(secret)],
    ["hex", bytes.toString("hex")],
    ["hex", bytes.toString("hex").toUpperCase()],
    ...base64.flatMap((text) => [["base64", text], ["base64url", text.replaceAll("+", "-").replaceAll("/", "_")]] as const),
  ];
  return forms.filter(([, text], index) => forms.findIndex(([, other]) => other === text) === index);
}

function search(text: string, where: string, needles: readonly (readonly [string, string, string])[], isBinary: boolean): SecretFinding[] {
  const known = needles.filter(([, , needle]) => text.includes(needle)).map(([secret, form]) => ({ secret, form, where }));
  const shaped = isBinary ? [] : Object.entries(patterns).filter(([, pattern]) => pattern.test(text)).map(([secret]) => ({ secret, form: "pattern", where }));
  return [...known, ...shaped];
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}

function searchFiles(home: string, needles: readonly (readonly [string, string, string])[]): SecretFinding[] {
  return filesBelow(home).flatMap((path) => {
    const shown = relative(home, path);
    if (HOST_LOGS.test(shown) === false && allowedPlaces.some((place) => place.path.test(shown))) {
      const mode = lstatSync(path).mode & 0o077;
      return mode !== 0 && !shown.startsWith("hosts/") ? [{ secret: "an allowed place", form: `readable for others (${mode.toString(8)})`, where: shown }] : [];
    }
    try {
      if (lstatSync(path).size > FILE_BYTES_MAX) return [{ secret: "anything", form: "not searched: too large", where: shown }];
      return search(readFileSync(path, "latin1"), shown, needles, shown.startsWith("postgres/"));
    } catch (error) {
      // A file of a running system may go between the listing and the reading.
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  });
}

async function searchDatabase(url: string, needles: readonly (readonly [string, string, string])[]): Promise<SecretFinding[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>("select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1");
    const found: SecretFinding[] = [];
    for (const { name } of tables.rows) {
      // A row as text shows json as it is and bytes in hex, which is one of the forms.
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      found.push(...rows.flatMap(({ row }) => search(row.replaceAll('""', '"'), `table ${name}`, needles, false)));
    }
    return found;
  } finally {
    await client.end();
  }
}

/** Every place a secret was found where it may not be. Each finding names the place and never the value. */
export async function findSecrets({ home, databaseUrl, secrets }: SecretSearch): Promise<readonly SecretFinding[]> {
  const needles = Object.entries(secrets)
    .filter(([, value]) => value.length >= SECRET_LENGTH_MIN)
    .flatMap(([name, value]) => formsOf(value).map(([form, text]) => [name, form, text] as const));
  return [...(databaseUrl === null ? [] : await searchDatabase(databaseUrl, needles)), ...searchFiles(home, needles)];
}

/** Where the installation's PostgreSQL listens while it runs. */
export function databaseUrlOf(home: string): string {
  const password = readFileSync(join(home, "postgres.password"), "utf8").trim();
  const port = readFileSync(join(home, "postgres", "postmaster.pid"), "utf8").split("\n")[3];
  return `postgresql://cynosure:${encodeURIComponent(password)}@127.0.0.1:${port}/cynosure`;
}

/** Kept in the vault so that they stay the same, and named in every Ceph log and status: who knows them can do nothing. */
const identifiers = /^ceph\/(fsid|osd\.\d+\/uuid)$/;

const bodyOfPem = (pem: string): string => pem.split("\n").filter((line) => !line.startsWith("-----")).join("").slice(0, 60);

/** The secrets of a running installation, from where they are kept: files, the sealed vault, hosts' keyrings. */
export async function gatherSecrets(home: string): Promise<Readonly<Record<string, string>>> {
  const read = (path: string): string => readFileSync(join(home, path), "utf8").trim();
  const masterKey = read("pki/master.key");
  const credentials = JSON.parse(read("credentials.json")) as { clientSecret: string }; // written by the control plane
  const secrets: Record<string, string> = { "client secret": credentials.clientSecret, "database password": read("postgres.password"), "master key": masterKey, "authority key": bodyOfPem(read("pki/authority.pem")), "token key": bodyOfPem(read("pki/token-signing.pem")), "anchor key": bodyOfPem(read("pki/audit-anchor.pem")) };
  const client = new Client({ connectionString: databaseUrlOf(home) });
  await client.connect();
  try {
    const sealer = createSealer(Buffer.from(masterKey, "base64url"));
    const { rows } = await client.query<{ cluster_key: string; name: string; key_id: string; sealed: Buffer }>("select cluster_key, name, key_id, sealed from cynosure.secrets");
    for (const row of rows.filter(({ name }) => !identifiers.test(name))) secrets[`vault ${row.name}`] = sealer.open({ keyId: row.key_id, bytes: row.sealed }, `secret ${row.cluster_key} ${row.name}`);
  } finally {
    await client.end();
  }
  for (const path of filesBelow(join(home, "hosts")).filter((file) => /keyring|boot\.json$|agent\/.*key/.test(file))) {
    const text = readFileSync(path, "latin1");
    for (const match of text.matchAll(/key = (\S+)|"joinToken":\s*"([^"]+)"/g)) secrets[relative(home, path)] = match[1] ?? match[2] ?? "";
    if (text.includes("PRIVATE KEY")) secrets[relative(home, path)] = bodyOfPem(text);
  }
  return secrets;
}
