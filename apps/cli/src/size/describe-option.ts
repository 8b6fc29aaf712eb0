// One option as text: what binds and why one host fewer fails, limits, cost, worse assumptions, risks, what to do when it cannot be
// had, what must be bought. Pure; from the answer of the ARM API alone.
import type { PriceTerm, SizingCost, SizingLimit, SizingOption } from "@cynosure/sdk";
import { fitTable, showNumber, wrapText } from "../text-layout.ts";
import { COLUMNS, INDENT, NOT_KNOWN, markOf, section, showPercent, showUnit, showUsd, showValue, sizeWords } from "./words.ts";
import type { Unreal } from "./words.ts";

export function describeOption(option: SizingOption, unreal: Unreal): string[] {
  const mark = markOf(unreal, option.hypothetical);
  const heading = `${mark}Option ${option.rank}: ${option.hostCount} x ${option.hostSize} in ${placeOf(option)}, engine ${option.engine}, deployment mode ${option.deploymentMode}`;
  const extra = option.managementHosts === undefined ? [] : [`and ${option.managementHosts.count} x ${option.managementHosts.size} to manage it`];
  return [
    ...wrapText([heading, ...extra].join(", "), COLUMNS),
    ...wrapText(`Binding: ${option.binding}. ${option.whyNotOneFewer}`, COLUMNS, INDENT),
    ...wrapText(`Cost: ${describeCost(option.cost)}`, COLUMNS, INDENT),
    ...wrapText(describeRoom(option), COLUMNS, INDENT),
    ...describeLimits(option),
    ...(option.undetermined.length === 0 ? [] : wrapText(`Undetermined, for lack of a number: ${option.undetermined.join(", ")}.`, COLUMNS, INDENT)),
    ...describeSensitivity(option),
    ...describeProof(option),
    ...list(`${mark}Risks`, option.risks.map(({ message }) => message)),
    ...describeLadder(option, mark, unreal),
    ...describeBill(option, mark),
  ];
}

export const placeOf = ({ location, zone }: { readonly location: string; readonly zone?: string }): string => (zone === undefined ? location : `${location} zone ${zone}`);

const termWords: Readonly<Record<PriceTerm, string>> = { payAsYouGo: "pay as you go", reserved1Year: "reserved for 1 year", reserved3Years: "reserved for 3 years" };

export function describeCost({ verdict, term, usdPerMonth, usdPerUsableTBMonth, usdPerGBpsMonth, evidence }: SizingCost): string {
  if (verdict !== "determined" || usdPerMonth === undefined) return `undetermined: ${evidence}`;
  const parts = [`${showUsd(usdPerMonth)} a month${term === undefined ? "" : ` (${termWords[term]})`}`, usdPerUsableTBMonth === undefined ? "" : `${showUsd(usdPerUsableTBMonth)} a usable TB`, usdPerGBpsMonth === undefined ? "" : `${showUsd(usdPerGBpsMonth)} a GB/s`];
  return `${parts.filter((part) => part !== "").join(", ")}; ${evidence}`;
}

/** Power and rack units only where hosts are bought: of a cloud nobody asks. */
function describeRoom({ powerKW, rackUnits, deploymentSecondsMin, billOfMaterials }: SizingOption): string {
  const room = billOfMaterials.length === 0 ? [] : [`Room: power ${powerKW === undefined ? "not known" : `${showNumber(powerKW)} kW`}, ${rackUnits === undefined ? "rack units not known" : `${showNumber(rackUnits)} rack units`}.`];
  const deployment = deploymentSecondsMin === undefined || deploymentSecondsMin < 1 ? [] : [`Deployment: at least ${showNumber(deploymentSecondsMin)} s by the limits of the API.`];
  return [...room, ...deployment].join(" ");
}

/** Of all clusters and of the site, the tightest first within each. */
function describeLimits({ clusters, limits }: SizingOption): string[] {
  const groups = [...clusters.map((cluster) => ({ title: `Limits of cluster ${cluster.name} (${cluster.hostCount} hosts; binding: ${cluster.binding}${contentsOf(cluster)})`, limits: cluster.limits })), { title: "Limits of the site", limits }];
  return groups.filter((group) => group.limits.length > 0).flatMap((group) => section(group.title, fitTable(["limit", "needed", "there", "unit", "slack", "verdict"], group.limits.map(limitRow), { columns: COLUMNS, indent: INDENT, numbers: [1, 2, 4] })));
}

function contentsOf({ fileSystems, buckets }: SizingOption["clusters"][number]): string {
  const names = [...fileSystems, ...buckets].map(({ name }) => name);
  return names.length === 0 ? "" : `; holds ${names.join(", ")}`;
}

const limitRow = ({ name, required, available, unit, slack, verdict }: SizingLimit): string[] => [name, showValue(required, unit), showValue(available, unit), showUnit(unit), slack === undefined ? NOT_KNOWN : showPercent(slack), verdict];

function describeSensitivity({ sensitivity }: SizingOption): string[] {
  const rows = sensitivity.map(({ change, hostCount, usdPerMonth }) => [change, hostCount === undefined ? "no count would do" : String(hostCount), usdPerMonth === undefined ? NOT_KNOWN : showUsd(usdPerMonth)]);
  return rows.length === 0 ? [] : section("Should an assumption be worse", fitTable(["assumption", "hosts", "a month"], rows, { columns: COLUMNS, indent: INDENT, numbers: [2] }));
}

function describeProof({ loadGenerators }: SizingOption): string[] {
  if (loadGenerators === undefined) return [];
  const { count, size, nicGbps, reason } = loadGenerators;
  return wrapText(`To prove it: ${count} load generators${size === undefined ? "" : ` of ${size}`} with ${showNumber(nicGbps)} Gb/s each; ${reason}`, COLUMNS, INDENT);
}

function list(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : section(title, texts.flatMap((text) => wrapText(text, COLUMNS, `${INDENT}- `, `${INDENT}  `)));
}

function describeLadder({ fallbackLadder }: SizingOption, mark: string, unreal: Unreal): string[] {
  return list(`${mark}If it cannot be had, without asking`, fallbackLadder.map((rung) => `${rung.hostCount} x ${sizeWords(rung.hostSize, unreal)} in ${placeOf(rung)}: ${rung.reason}`));
}

function describeBill({ billOfMaterials }: SizingOption, mark: string): string[] {
  const rows = billOfMaterials.map(({ item, count, unit, evidence }) => [count === undefined ? "?" : showNumber(count), unit, item, evidence]);
  return rows.length === 0 ? [] : section(`${mark}To be bought`, fitTable(["count", "unit", "item", "how it comes about"], rows, { columns: COLUMNS, indent: INDENT, numbers: [0] }));
}
