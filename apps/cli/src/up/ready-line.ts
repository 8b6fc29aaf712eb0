// The one JSON line that `up --exit-when-ready --json` ends with, and the exit code that goes with it. Pure.
import type { ExitCodeValue } from "../exit-code.ts";
import { ExitCode } from "../exit-code.ts";

/** `null`: nothing was verified, because a simulated or emulated engine stores no data. */
export interface Verified {
  readonly nfs: boolean | null;
  readonly s3: boolean | null;
}

export interface ReadyFacts {
  readonly engine: string;
  /** In the line only where it is true. */
  readonly isEmulated?: boolean;
  readonly rung: string;
  readonly hosts: number;
  readonly health: string;
  readonly verified: Verified;
  readonly seconds: Readonly<Record<string, number>>;
}

export interface FailureFacts {
  readonly reason: string;
  readonly operationId: string | null;
}

export const isVerified = (verified: Verified): boolean => verified.nfs !== false && verified.s3 !== false;

export function readyLine(facts: Partial<ReadyFacts>, failure: FailureFacts | null): string {
  const { engine, isEmulated, rung, hosts, health, verified, seconds } = facts;
  const known = { ...(engine === undefined ? {} : { engine }), ...(isEmulated === true ? { isEmulated } : {}), ...(rung === undefined ? {} : { rung }), ...(hosts === undefined ? {} : { hosts }), ...(health === undefined ? {} : { health }), ...(verified === undefined ? {} : { verified }), ...(seconds === undefined ? {} : { seconds }) };
  if (failure === null) return JSON.stringify({ ready: true, ...known });
  return JSON.stringify({ ready: false, ...known, reason: failure.reason, operationId: failure.operationId });
}

export const exitCodeOf = (failure: FailureFacts | null): ExitCodeValue => (failure === null ? ExitCode.ok : ExitCode.failed);
