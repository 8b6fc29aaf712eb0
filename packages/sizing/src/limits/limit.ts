// What a limit is before it is printed: two amounts for so many hosts, words on demand, and a floor for the count.
// Comparing is here, once: equal within one part in 10^9 is equal, so that the noise of decimal fractions costs no host.
import type { SizingLimit } from "@cynosure/model";
import type { Amount } from "./amount.ts";

export interface Judged {
  readonly required: Amount;
  readonly available: Amount;
}

export interface Limit {
  readonly name: string;
  readonly unit: string;
  /** `ready by` and `budget`: what there is should be below what is required. */
  readonly isCeiling?: boolean;
  judge(hosts: number): Judged;
  /** With sources and dates. */
  evidence(hosts: number): string;
  /** Who or what asks, in a few words without sources; left out where the numbers say it. */
  because?(): string;
  /** No count below this meets the limit, as long as it is one from which the scheme stays the same; Infinity when none does. */
  hostsAtLeast(): number;
}

export type Verdict = SizingLimit["verdict"];
const TOLERANCE = 1e-9;

export const fits = (required: number, available: number): boolean => required <= available * (1 + TOLERANCE);

export function verdictOf({ required, available }: Judged): Verdict {
  if (required.value === 0 && required.isWhole) return "met";
  if (!fits(required.value, available.value)) return "notMet";
  return required.isWhole && available.isWhole ? "met" : "undetermined";
}

/** The same for a limit whose `available` is wanted to be small; what is unknown of it counts as 0 in `available`. */
export function ceilingVerdictOf({ required, available }: Judged): Verdict {
  if (!fits(available.value, required.value)) return "notMet";
  return required.isWhole && available.isWhole ? "met" : "undetermined";
}

export const verdictAt = (limit: Limit, hosts: number): Verdict => (limit.isCeiling === true ? ceilingVerdictOf : verdictOf)(limit.judge(hosts));

/** By how much the limit is broken: 0.1 is a tenth too much. */
export function overshootAt(limit: Limit, hosts: number): number {
  const { required, available } = limit.judge(hosts);
  const [most, least] = limit.isCeiling === true ? [available.value, required.value] : [required.value, available.value];
  return least > 0 ? most / least - 1 : Infinity;
}

const printed = (amount: Amount, isBroken: boolean): number | null => (amount.isWhole || (isBroken && Number.isFinite(amount.value)) ? amount.value : null);

export function printLimit(limit: Limit, hosts: number): SizingLimit {
  const judged = limit.judge(hosts);
  const verdict = verdictAt(limit, hosts);
  const required = printed(judged.required, verdict === "notMet");
  const available = printed(judged.available, verdict === "notMet");
  const [most, least] = limit.isCeiling === true ? [required, available] : [available, required];
  const ratio = most === null || least === null || least === 0 ? Infinity : most / least;
  const slack = Number.isFinite(ratio) ? ratio - 1 : null;
  const partly = verdict === "notMet" && !(judged.required.isWhole && judged.available.isWhole) ? "; what is known breaks it alone" : "";
  return { name: limit.name, unit: limit.unit, required, available, slack, verdict, evidence: limit.evidence(hosts) + partly };
}

/**
 * Fewest hosts n with load + rebuild/n <= perHost (n - down): the larger root of a quadratic, and without rebuild of a line.
 * Rounding is left to whoever scans from here.
 */
export function fewestHosts(need: { readonly load: number; readonly rebuild: number; readonly perHost: number; readonly down: number }): number {
  const { load, rebuild, perHost, down } = need;
  if (load === 0 && rebuild === 0) return 0;
  if (perHost === Infinity) return 0;
  if (perHost <= 0) return Infinity;
  const linear = perHost * down + load;
  return (linear + Math.sqrt(linear * linear + 4 * perHost * rebuild)) / (2 * perHost);
}
