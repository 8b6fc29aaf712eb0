// Where an installation keeps its data, and the small files in it that a client reads: where the control
// plane listens (control-plane.json, control-planes/) and the built-in service principal (credentials.json, mode 0600).
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isProcessAlive, listControlPlanes, processOfRecord } from "@cynosure/machine";
import type { ControlPlaneRecord as WrittenRecord } from "@cynosure/machine";
import { CommandError, ExitCode } from "./exit-code.ts";

export const DATA_DIR_NAME = ".cynosure";

/** What a client needs of it; the port is part of the URL. */
export type ControlPlaneRecord = Omit<WrittenRecord, "port" | "processName">;

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The checkout this file is part of. */
export const checkoutDir = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** The data directory that `up` uses: CYNOSURE_HOME, else `.cynosure` of this checkout. */
export function ownDataDir(): string {
  const home = process.env["CYNOSURE_HOME"];
  return home === undefined || home === "" ? join(checkoutDir, DATA_DIR_NAME) : resolve(home);
}

/** The data directory a client command means: CYNOSURE_HOME, the nearest one upwards, else this checkout's; null when there is none. */
export function findDataDir(from: string): string | null {
  if ((process.env["CYNOSURE_HOME"] ?? "") !== "") return ownDataDir();
  for (let dir = resolve(from); ; dir = dirname(dir)) {
    const candidate = join(dir, DATA_DIR_NAME);
    if (existsSync(controlPlanePath(candidate))) return candidate;
    if (dirname(dir) === dir) break;
  }
  return existsSync(controlPlanePath(ownDataDir())) ? ownDataDir() : null;
}

export const controlPlanePath = (dataDir: string): string => join(dataDir, "control-plane.json");
const credentialsPath = (dataDir: string): string => join(dataDir, "credentials.json");

/** The one that leads; when it is dead, another that lives. Null when no control plane ever ran here. */
export function readControlPlaneRecord(dataDir: string): ControlPlaneRecord | null {
  const leading = readLeadingRecord(dataDir);
  const identity = leading === null ? null : processOfRecord(leading);
  if (identity !== null && isProcessAlive(identity)) return leading;
  return listControlPlanes(dataDir)[0] ?? leading;
}

function readLeadingRecord(dataDir: string): ControlPlaneRecord | null {
  const path = controlPlanePath(dataDir);
  if (!existsSync(path)) return null;
  const value = parseObject(path);
  const text = (key: string): string => {
    const field = value[key];
    if (typeof field !== "string") throw new CommandError(ExitCode.unreachable, `${path} has no "${key}"; start again to write it anew`);
    return field;
  };
  const numberOrNull = (key: string): number | null => (typeof value[key] === "number" ? value[key] : null);
  return {
    url: text("url"),
    caPath: text("caPath"),
    pid: numberOrNull("pid"),
    startTicks: numberOrNull("startTicks"),
    bootId: typeof value["bootId"] === "string" ? value["bootId"] : null,
    installationId: text("installationId"),
    rung: text("rung"),
    tenantId: text("tenantId"),
    subscriptionId: text("subscriptionId"),
    resourceGroup: text("resourceGroup"),
    location: text("location"),
  };
}

export function readCredentials(dataDir: string): Credentials {
  const path = credentialsPath(dataDir);
  if (!existsSync(path)) throw new CommandError(ExitCode.unreachable, `${path} is missing; start the control plane once with "cynosure up"`);
  return credentialsFrom(path);
}

/** Refuses a file that others may read: it holds a secret. */
export function credentialsFrom(path: string): Credentials {
  if ((statSync(path).mode & 0o077) !== 0) throw new CommandError(ExitCode.unreachable, `${path} holds a secret and others may read it; run: chmod 600 ${path}`);
  const { clientId, clientSecret } = parseObject(path);
  if (typeof clientId !== "string" || typeof clientSecret !== "string") throw new CommandError(ExitCode.unreachable, `${path} holds no clientId and clientSecret`);
  return { clientId, clientSecret };
}

export function parseObject(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new CommandError(ExitCode.unreachable, `${path} cannot be read as JSON`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new CommandError(ExitCode.unreachable, `${path} is not a JSON object`);
  return value as Record<string, unknown>; // a non-null object that is no array has string keys
}
