// A verdict on the audit log in words, at most 80 columns wide. Pure.
import type { Finding, Verdict } from "@cynosure/audit";
import { wrapWords } from "../output.ts";

const COLUMNS_MAX = 80;
const SHOWN_MAX = 20;

export function describeVerdict(verdict: Verdict, notes: readonly string[]): string[] {
  const { lastAnchor } = verdict;
  const anchored = lastAnchor === null ? "none yet" : `${verdict.anchorCount}, the last of ${new Date(lastAnchor.atMs).toISOString()}, position ${lastAnchor.position}`;
  return [
    `rows      ${verdict.rowCount}${verdict.leftOutCount === 0 ? "" : `, ${verdict.leftOutCount} sealed ones outside the time asked for`}`,
    `sealed    ${verdict.sealedCount}`,
    ...(verdict.unsealedCount === 0 ? [] : [`unsealed  ${verdict.unsealedCount}, too young: the sealer comes every second`]),
    `anchors   ${anchored}`,
    ...(verdict.notAnchoredCount === 0 ? [] : [`          ${verdict.notAnchoredCount} sealed since; an anchor follows within a minute`]),
    ...notes.flatMap((note) => wrapWords(`note: ${note}`.split(" "), COLUMNS_MAX, "")),
    ...(verdict.isSound ? [sound(verdict)] : unsound(verdict)),
  ];
}

const sound = ({ lastAnchor }: Verdict): string => (lastAnchor === null ? "verified: the chain is whole; nothing is anchored yet" : `verified: whole and unchanged, signed up to position ${lastAnchor.position}`);

function unsound({ findings, findingCount }: Verdict): string[] {
  const shown = findings.slice(0, SHOWN_MAX);
  const more = findingCount - shown.length;
  return [
    `does NOT verify: ${findingCount} finding${findingCount === 1 ? "" : "s"}`,
    ...shown.flatMap((finding) => [`  ${placeOf(finding)}${finding.kind}`, ...wrapWords(finding.what.split(" "), COLUMNS_MAX, "    ")]),
    ...(more === 0 ? [] : [`  and ${more} more; --json shows ${findings.length}`]),
  ];
}

function placeOf({ position, seq }: Finding): string {
  const places = [...(position === null ? [] : [`position ${position}`]), ...(seq === null ? [] : [`row ${seq}`])];
  return places.length === 0 ? "" : `${places.join(", ")}: `;
}
