// What this process was told: flags and environment in, one checked value out. The only place of the
// control plane that reads argv and the environment.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseBehindArmConfig } from "@cynosure/behind-arm";
import type { BehindArmConfig } from "@cynosure/behind-arm";
import { parseTrustedIssuers } from "@cynosure/identity";
import type { TrustedIssuerConfig } from "@cynosure/identity";
import { NO_URL_TARGETS, parseUrlTargets } from "@cynosure/native-gateway";
import type { UrlTargets } from "@cynosure/native-gateway";

export const RUNGS = ["a", "b", "c", "d"] as const;
export type Rung = (typeof RUNGS)[number];

export interface Config {
  readonly dataDir: string;
  /** Null: the embedded PostgreSQL of the data directory. */
  readonly databaseUrl: string | null;
  readonly rung: Rung;
  /** Local hosts stop with an orderly stop of this process. A crash never stops them. */
  readonly ownHosts: boolean;
  readonly imageCacheDir: string;
  /** TCP port on 127.0.0.1; null: the one used before, else a free one. */
  readonly port: number | null;
  /** Azure Resource Manager stands before this control plane; null: it is its own front door. */
  readonly behindArm: BehindArmConfig | null;
  /** Issuers whose tokens are accepted besides our own; null: none. */
  readonly trustedIssuers: TrustedIssuerConfig | null;
  /** Where files may be read from by URL besides public addresses. */
  readonly urlTargets: UrlTargets;
}

export class ConfigError extends Error {}

const isRung = (value: string): value is Rung => (RUNGS as readonly string[]).includes(value);

export function readConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  let values: { "data-dir"?: string; rung?: string; "own-hosts"?: boolean; port?: string; "behind-arm"?: string; "trust-issuers"?: string; "allow-url-targets"?: string };
  try {
    ({ values } = parseArgs({ args: [...argv], options: { "data-dir": { type: "string" }, rung: { type: "string" }, "own-hosts": { type: "boolean" }, port: { type: "string" }, "behind-arm": { type: "string" }, "trust-issuers": { type: "string" }, "allow-url-targets": { type: "string" } }, strict: true }));
  } catch (cause) {
    throw new ConfigError(`${cause instanceof Error ? cause.message : String(cause)}. Known: --data-dir DIR --rung a|b|c|d --own-hosts --port N --behind-arm FILE --trust-issuers FILE --allow-url-targets LIST`, { cause });
  }
  const dataDir = values["data-dir"] ?? env["CYNOSURE_HOME"];
  if (dataDir === undefined || dataDir === "") throw new ConfigError("name the data directory with --data-dir or CYNOSURE_HOME");
  const rung = values.rung ?? "d";
  if (!isRung(rung)) throw new ConfigError(`--rung is ${rung}; allowed: ${RUNGS.join(", ")}`);
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) throw new ConfigError(`--port is ${values.port}; it must be a whole number up to 65535`);
  const behindArm = values["behind-arm"] === undefined ? null : readBehindArm(resolve(values["behind-arm"]));
  if (behindArm !== null && port !== null) throw new ConfigError("--port and --behind-arm do not go together: the file of --behind-arm says where to listen");
  const imageCache = env["CYNOSURE_IMAGE_CACHE"];
  return {
    dataDir: resolve(dataDir),
    databaseUrl: env["DATABASE_URL"] === undefined || env["DATABASE_URL"] === "" ? null : env["DATABASE_URL"],
    rung,
    ownHosts: values["own-hosts"] ?? false,
    imageCacheDir: imageCache === undefined || imageCache === "" ? join(resolve(dataDir), "images") : resolve(imageCache),
    port,
    behindArm,
    trustedIssuers: readTrustedIssuers(values["trust-issuers"], env["CYNOSURE_TRUSTED_ISSUERS"]),
    urlTargets: readUrlTargets(values["allow-url-targets"], env["CYNOSURE_ALLOW_URL_TARGETS"]),
  };
}

function readBehindArm(file: string): BehindArmConfig {
  try {
    return parseBehindArmConfig(readFileSync(file, "utf8"), dirname(file));
  } catch (cause) {
    throw new ConfigError(`--behind-arm ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The flag names a file; the variable names one too, or holds the JSON itself. */
function readTrustedIssuers(flag: string | undefined, variable: string | undefined): TrustedIssuerConfig | null {
  const given = flag ?? variable ?? "";
  if (given === "") return null;
  const isJson = flag === undefined && given.trimStart().startsWith("{");
  const shown = isJson ? "CYNOSURE_TRUSTED_ISSUERS" : `${flag === undefined ? "CYNOSURE_TRUSTED_ISSUERS" : "--trust-issuers"} ${given}`;
  const file = resolve(given);
  try {
    return parseTrustedIssuers(isJson ? given : readFileSync(file, "utf8"), (path) => readFileSync(isJson ? resolve(path) : resolve(dirname(file), path), "utf8"));
  } catch (cause) {
    throw new ConfigError(`${shown}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function readUrlTargets(flag: string | undefined, variable: string | undefined): UrlTargets {
  const given = flag ?? variable ?? "";
  try {
    return given === "" ? NO_URL_TARGETS : parseUrlTargets(given);
  } catch (cause) {
    throw new ConfigError(`${flag === undefined ? "CYNOSURE_ALLOW_URL_TARGETS" : "--allow-url-targets"}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
