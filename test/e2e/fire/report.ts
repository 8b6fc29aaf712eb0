// What a run under fire found, as a table of at most 80 columns and as JSON.
import type { FaultKind } from "./faults.ts";

export interface FaultReport {
  readonly fault: FaultKind;
  readonly target: string;
  /** Until the ARM API showed the cluster unhealthy; null when it never did. */
  readonly unhealthyAfterS: number | null;
  /** Until a check of Ceph's own was among what showed; null when Ceph had nothing to say before all was well again. */
  readonly cephUnhealthyAfterS: number | null;
  /** The checks that showed, Ceph's own first. */
  readonly shownAs: readonly string[];
  readonly healthyAfterS: number;
  readonly nfsLongestStallS: number;
  readonly s3LongestStallS: number;
}

export interface FireReport {
  readonly seed: number;
  /** Longest stalls without any fault. */
  readonly quiet: { readonly seconds: number; readonly nfsLongestStallS: number; readonly s3LongestStallS: number };
  readonly faults: readonly FaultReport[];
  readonly written: Readonly<Record<"nfs" | "s3", number>>;
  readonly readBacks: number;
  readonly wrongReads: number;
  /** Every acknowledged record through every gateway of its protocol, at the end. */
  readonly checks: readonly { readonly endpoint: string; readonly same: number; readonly wrong: readonly { readonly name: string; readonly reason: string }[] }[];
  readonly seconds: number;
}

const seconds = (value: number | null): string => (value === null ? "-" : value.toFixed(1)).padStart(6);
const row = (fault: string, target: string, figures: readonly (number | null)[], as: string): string =>
  `${fault.padEnd(13)} ${target.slice(0, 13).padEnd(13)} ${figures.map(seconds).join(" ")} ${as}`.slice(0, 80).trimEnd();

export const tableHead: readonly string[] = [
  "                            shown after   healed  longest stall",
  "fault         target         here   Ceph  after    NFS     S3 shown as",
];

export const tableRow = (report: FaultReport): string =>
  row(report.fault, report.target, [report.unhealthyAfterS, report.cephUnhealthyAfterS, report.healthyAfterS, report.nfsLongestStallS, report.s3LongestStallS], report.shownAs[0] ?? "");

export function summary(report: FireReport): readonly string[] {
  const wrong = report.checks.flatMap((check) => check.wrong.map((one) => `  ${check.endpoint}: ${one.name}: ${one.reason}`));
  return [
    row("none", `${report.quiet.seconds.toFixed(0)} s`, [null, null, null, report.quiet.nfsLongestStallS, report.quiet.s3LongestStallS], ""),
    "",
    `${report.written.nfs} files and ${report.written.s3} objects were acknowledged; ${report.readBacks} were read back under fire, ${report.wrongReads} wrong`,
    ...report.checks.map((check) => `at the end through ${check.endpoint}: ${check.same} equal, ${check.wrong.length} lost or different`),
    ...wrong.slice(0, 20),
    `seed=${report.seed}, ${report.faults.length} faults in ${report.seconds.toFixed(0)} s`,
  ];
}
