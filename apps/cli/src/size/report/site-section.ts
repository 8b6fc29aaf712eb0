// One site of the report: facts of the best option, charts with their numbers, and what the terminal shows in words. Pure.
import type { SizingLimit, SizingOption, SizingSite } from "@cynosure/sdk";
import type { ClusterFrontier } from "@cynosure/sizing";
import { showNumber } from "../../text-layout.ts";
import { describeRelaxation, groupRuledOut } from "../describe-answer.ts";
import { describeCost, placeOf } from "../describe-option.ts";
import { NOT_KNOWN, counted, markOf, showPercent, showUnit, showUsd, showValue } from "../words.ts";
import type { Unreal } from "../words.ts";
import { frontierCharts, optionsChart, slackChart } from "./charts.ts";
import { html, table } from "./markup.ts";
import type { Markup, MarkupValue } from "./markup.ts";

export interface SiteSectionInput {
  readonly site: SizingSite;
  readonly unreal: Unreal;
  /** Of the best option. */
  readonly frontier: readonly ClusterFrontier[];
  readonly isFirst: boolean;
}

export function siteSection({ site, unreal, frontier, isFirst }: SiteSectionInput): Markup {
  const [best] = site.options;
  const heading = html`<h2 class="${isFirst ? "first" : "next"}">Site ${site.siteName}</h2>`;
  const notes = site.notes.map((note) => html`<p class="soft">${note}</p>`);
  if (best === undefined) return html`<section>${heading}${notes}${contradiction(site)}${ruledOut(site)}</section>`;
  return html`<section>${heading}${notes}${facts(best, unreal)}${bestOption(best, unreal, frontier)}${clauses(site, unreal)}${options(site, unreal)}${ruledOut(site)}${evidence(best)}</section>`;
}

/** The words that say that something is not real, so that nobody overlooks them. */
export const mark = (words: string): Markup => (words === "" ? html`` : html`<span class="mark">${words.trim()}</span> `);

const marked = (size: string, unreal: Unreal): MarkupValue => [mark(markOf(unreal, unreal.hypotheticalSizes.has(size))), size];

function facts(best: SizingOption, unreal: Unreal): Markup {
  const { cost, powerKW, rackUnits } = best;
  const all: (readonly [string, MarkupValue])[] = [
    ["Hosts", [mark(markOf(unreal, best.hypothetical)), `${showNumber(best.hostCount)} x ${best.hostSize}`]],
    ["Place", placeOf(best)],
    ["Binding limit", best.binding],
    ["Cost a month", cost.usdPerMonth === undefined ? "undetermined" : showUsd(cost.usdPerMonth)],
    ...(powerKW === undefined ? [] : ([["Power", `${showNumber(powerKW)} kW`]] as const)),
    ...(rackUnits === undefined ? [] : ([["Rack units", showNumber(rackUnits)]] as const)),
    ["Not determined", counted(best.undetermined.length, "limit")],
  ];
  return html`<dl class="facts">${all.map(([name, value], index) => html`<div class="${index === 0 ? "broad" : "fact"}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function bestOption(best: SizingOption, unreal: Unreal, frontier: readonly ClusterFrontier[]): Markup {
  const unrealMark = mark(markOf(unreal, best.hypothetical));
  const management = best.managementHosts === undefined ? "" : `, managed from ${best.managementHosts.count} x ${best.managementHosts.size}`;
  return html`<h3>${unrealMark}Best option: engine ${best.engine}, deployment mode ${best.deploymentMode}${management}</h3>
<p><strong>Why not one host fewer?</strong> ${best.whyNotOneFewer}</p><p><strong>Cost:</strong> ${describeCost(best.cost)}</p>${proof(best)}
${frontierCharts(frontier)}${slackChart(best)}${limitTables(best)}
${best.undetermined.length === 0 ? "" : html`<p class="alarm">Undetermined, for lack of a number: ${best.undetermined.join(", ")}.</p>`}
${risks(best, unrealMark)}${sensitivity(best)}${ladder(best, unreal)}${bill(best, unrealMark)}`;
}

function proof({ loadGenerators, deploymentSecondsMin }: SizingOption): Markup {
  const generators = loadGenerators === undefined ? html`` : html`<p><strong>To prove it:</strong> ${loadGenerators.count} load generators${loadGenerators.size === undefined ? "" : ` of ${loadGenerators.size}`} with ${showNumber(loadGenerators.nicGbps)} Gb/s each; ${loadGenerators.reason}</p>`;
  return html`${generators}${deploymentSecondsMin === undefined || deploymentSecondsMin < 1 ? "" : html`<p><strong>Deployment:</strong> at least ${showNumber(deploymentSecondsMin)} s by the limits of the API.</p>`}`;
}

const orUnknown = (value: number | undefined): string => (value === undefined ? NOT_KNOWN : showNumber(value));

interface LimitGroup {
  readonly caption: string;
  readonly limits: readonly SizingLimit[];
}

function limitGroups({ clusters, limits }: SizingOption): LimitGroup[] {
  const ofClusters = clusters.map((cluster) => ({ caption: `Limits of cluster ${cluster.name}, ${cluster.hostCount} hosts: ${[...cluster.fileSystems, ...cluster.buckets].map(({ name }) => name).join(", ")}`, limits: cluster.limits }));
  return [...ofClusters, { caption: "Limits of the site", limits }].filter((group) => group.limits.length > 0);
}

function limitTables(option: SizingOption): Markup {
  const columns = [{ title: "limit" }, { title: "needed", isNumber: true }, { title: "there", isNumber: true }, { title: "unit" }, { title: "slack", isNumber: true }, { title: "verdict" }];
  return html`${limitGroups(option).map(({ caption, limits }) => table(caption, columns, limits.map((limit) => [limit.name, showValue(limit.required, limit.unit), showValue(limit.available, limit.unit), showUnit(limit.unit), limit.slack === undefined ? NOT_KNOWN : showPercent(limit.slack), limit.verdict])))}`;
}

const risks = ({ risks: all }: SizingOption, unrealMark: Markup): Markup => (all.length === 0 ? html`` : html`<h3>${unrealMark}Risks</h3><ul>${all.map(({ message }) => html`<li>${message}</li>`)}</ul>`);

function sensitivity({ sensitivity: changes }: SizingOption): Markup {
  if (changes.length === 0) return html``;
  return table("Should an assumption be worse", [{ title: "assumption" }, { title: "hosts", isNumber: true }, { title: "a month", isNumber: true }], changes.map(({ change, hostCount, usdPerMonth }) => [change, hostCount === undefined ? "no count would do" : showNumber(hostCount), usdPerMonth === undefined ? NOT_KNOWN : showUsd(usdPerMonth)]));
}

function ladder({ fallbackLadder }: SizingOption, unreal: Unreal): Markup {
  if (fallbackLadder.length === 0) return html``;
  return table("If it cannot be had: taken in this order, without asking", [{ title: "place" }, { title: "size" }, { title: "hosts", isNumber: true }, { title: "why here" }], fallbackLadder.map((rung) => [placeOf(rung), marked(rung.hostSize, unreal), showNumber(rung.hostCount), rung.reason]));
}

function bill({ billOfMaterials }: SizingOption, unrealMark: Markup): Markup {
  if (billOfMaterials.length === 0) return html``;
  return html`<h3>${unrealMark}To be bought</h3>${table("Bill of materials", [{ title: "count", isNumber: true }, { title: "unit" }, { title: "item" }, { title: "how it comes about" }], billOfMaterials.map(({ count, unit, item, evidence: how }) => [count === undefined ? "?" : showNumber(count), unit, item, how]))}`;
}

function evidence(option: SizingOption): Markup {
  const claims = table("Sources of the option", [{ title: "claim" }, { title: "source" }, { title: "as of" }], option.evidence.map(({ claim, source, asOf }) => [claim, source, asOf]));
  const limits = limitGroups(option).map(({ caption, limits: group }) => table(caption, [{ title: "limit" }, { title: "how its numbers come about" }], group.map((limit) => [limit.name, limit.evidence])));
  return html`<h3>Where the numbers come from</h3><div class="small">${limits}${option.evidence.length === 0 ? "" : claims}</div>`;
}

function options({ options: all }: SizingSite, unreal: Unreal): Markup {
  const columns = [{ title: "#", isNumber: true }, { title: "size" }, { title: "hosts", isNumber: true }, { title: "place" }, { title: "engine" }, { title: "binding" }, { title: "a month", isNumber: true }, { title: "kW", isNumber: true }, { title: "not determined" }];
  const rows = all.map((option) => [showNumber(option.rank), marked(option.hostSize, unreal), showNumber(option.hostCount), placeOf(option), option.engine, option.binding, option.cost.usdPerMonth === undefined ? "undetermined" : showUsd(option.cost.usdPerMonth), orUnknown(option.powerKW), option.undetermined.join(", ")] as const);
  return html`<h3>All options</h3>${optionsChart(all)}${table("Options, best first", columns, rows)}`;
}

function clauses({ clauses: all, options: [best] }: SizingSite, unreal: Unreal): Markup {
  if (all.length === 0) return html``;
  const columns = [{ title: "clause" }, { title: "in words" }, { title: "hosts", isNumber: true }, { title: "a month", isNumber: true }, { title: "best without it" }];
  const rows = all.map(({ target, statement, hosts, usdPerMonth, bestWithout }) => [target, statement, orUnknown(hosts), usdPerMonth === undefined ? NOT_KNOWN : showUsd(usdPerMonth), bestWithout === undefined ? "the same" : [`${bestWithout.hostCount} x `, marked(bestWithout.hostSize, unreal), ` in ${bestWithout.location}`]] as const);
  return html`<h3>${mark(markOf(unreal, best?.hypothetical === true))}What each clause costs</h3>${table("All else equal, at the best option", columns, rows)}`;
}

function ruledOut({ ruledOut: all }: SizingSite): Markup {
  if (all.length === 0) return html``;
  const rows = groupRuledOut(all).map(({ limit, sizes, places, reason }) => [limit, sizes.join(", "), places.join(", "), reason]);
  return html`<h3>Ruled out</h3>${table("By reason; the numbers are those of the first size", [{ title: "by" }, { title: "sizes" }, { title: "places" }, { title: "reason" }], rows)}`;
}

function contradiction({ contradiction: found }: SizingSite): Markup {
  if (found === undefined) return html`<p class="alarm">No option.</p>`;
  const least = describeRelaxation(found.relaxation, found.message);
  return html`<div class="alarm"><p><strong>No option.</strong> What contradicts: ${found.limits.join(", ")}. ${found.message}</p>${least === "" ? "" : html`<p><strong>${least}</strong></p>`}</div>`;
}
