// What this process says of itself to clients, in files of the data directory (the machine room has their
// shape): its own record while it serves, and `control-plane.json` while it leads.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { announceControlPlane, identifyProcess, listControlPlanes, withdrawControlPlane, writeControlPlaneRecord } from "@cynosure/machine";
import type { ControlPlaneRecord, Installation } from "@cynosure/machine";
import { BUILT_IN } from "./built-in.ts";
import type { Rung } from "./config.ts";

export interface RecordKeeper {
  readonly record: ControlPlaneRecord;
  /** Others of this data directory that live now. */
  readonly others: () => readonly ControlPlaneRecord[];
  /** Makes this process the one that clients go to first. */
  lead(): void;
  /** After the last request was served. */
  withdraw(): void;
  /** The leader's orderly end: the port stays known, the process is gone. */
  stopLeading(): void;
}

export interface RecordFacts {
  readonly installation: Installation;
  readonly processName: string;
  readonly url: string;
  readonly port: number;
  readonly caPath: string;
  readonly rung: Rung;
}

export function announce({ installation, processName, url, port, caPath, rung }: RecordFacts): RecordKeeper {
  const identity = identifyProcess(process.pid);
  const { tenantId, subscriptionId, resourceGroup, location } = BUILT_IN;
  const record = { url, port, caPath, pid: process.pid, startTicks: identity?.startTicks ?? null, bootId: identity?.bootId ?? null, processName, installationId: installation.id, rung, tenantId, subscriptionId, resourceGroup, location };
  announceControlPlane(installation.homeDir, record);
  return {
    record,
    others: () => otherControlPlanes(installation),
    lead: () => writeControlPlaneRecord(installation.controlPlaneFile, record),
    withdraw: () => withdrawControlPlane(installation.homeDir, process.pid),
    stopLeading: () => writeControlPlaneRecord(installation.controlPlaneFile, { ...record, pid: null, startTicks: null, bootId: null }),
  };
}

export const otherControlPlanes = (installation: Installation): readonly ControlPlaneRecord[] => listControlPlanes(installation.homeDir).filter((each) => each.pid !== process.pid);

/** The process name in `control-plane.json`; null when there is none. */
export const readLeader = (installation: Installation): string | null => readText(installation.controlPlaneFile, "processName");

function readText(path: string, key: string): string | null {
  const value = readObject(path)[key];
  return typeof value === "string" ? value : null;
}

function readObject(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {};
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {}; // an object's keys are strings
}

/** Replaced in one stroke: another process may be reading it. */
export function writeWhole(path: string, content: string): void {
  writeFileSync(`${path}.${process.pid}.new`, content, { mode: 0o644 });
  renameSync(`${path}.${process.pid}.new`, path);
}

/** The port of the last run, unless somebody who lives has it; null when there was none. */
export function readRecordedPort(installation: Installation): number | null {
  const { port } = readObject(installation.controlPlaneFile);
  if (typeof port !== "number") return null;
  return otherControlPlanes(installation).some((each) => each.port === port) ? null : port;
}

/** The wished port; a free one when there is no wish, or when someone else has taken it meanwhile. */
export async function choosePort(wished: number | null): Promise<{ port: number; isMoved: boolean }> {
  if (wished !== null && wished !== 0 && (await tryPort(wished)) !== null) return { port: wished, isMoved: false };
  const port = await tryPort(0);
  if (port === null) throw new Error("no free TCP port on 127.0.0.1");
  return { port, isMoved: wished !== null && wished !== 0 };
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      // A listening TCP server has an AddressInfo.
      const chosen = (server.address() as AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}
