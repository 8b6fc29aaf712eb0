// A sizing answer as text of at most 80 columns: per site the best options, the best one in detail, what each clause costs, what was
// ruled out, or why there is nothing. Pure; from the answer of the ARM API alone.
import type { SizingAnswer, SizingClause, SizingOption, SizingRelaxation, SizingRuledOut, SizingSite } from "@cynosure/sdk";
import { fitTable, showNumber, wrapText } from "../text-layout.ts";
import { describeOption, placeOf } from "./describe-option.ts";
import { COLUMNS, INDENT, NOT_KNOWN, counted, markOf, section, shortList, showUsd, sizeWords } from "./words.ts";
import type { Unreal } from "./words.ts";

const OPTIONS_SHOWN_MAX = 5;
const NAMES_SHOWN_MAX = 6;

export interface ShowOptions {
  /** Every option in detail and every name. */
  readonly isAll: boolean;
  readonly hypotheticalSizes: ReadonlySet<string>;
}

export function describeAnswer(answer: SizingAnswer, options: ShowOptions): string[] {
  const { requirementName, hypothetical, catalogueAsOf, pricesAsOf, sites, problems } = answer;
  const prices = pricesAsOf === undefined ? "no prices" : `prices of ${pricesAsOf}`;
  return [
    ...wrapText(`${markOf(answer, hypothetical)}Sizing of ${requirementName}: catalogue of ${catalogueAsOf}, ${prices}.`, COLUMNS),
    ...(hypothetical ? wrapText("HYPOTHETICAL marks what is built on a host size that does not exist.", COLUMNS) : []),
    ...problems.flatMap(({ target, message }) => wrapText(`${target}: ${message}`, COLUMNS)),
    ...sites.flatMap((site) => ["", ...describeSite(site, { isSimulated: answer.isSimulated, isEmulated: answer.isEmulated, hypotheticalSizes: options.hypotheticalSizes }, options.isAll)]),
  ];
}

function describeSite(site: SizingSite, unreal: Unreal, isAll: boolean): string[] {
  const { siteName, options, clauses, ruledOut, contradiction, notes } = site;
  const hypothetical = options.some((option) => option.hypothetical);
  const heading = options.length === 0 ? `Site ${siteName}: no option` : `Site ${siteName}: ${counted(options.length, "option")}, best first`;
  const shown = isAll ? options : options.slice(0, OPTIONS_SHOWN_MAX);
  return [
    ...wrapText(`${markOf(unreal, hypothetical)}${heading}`, COLUMNS),
    ...notes.flatMap((note) => wrapText(note, COLUMNS, INDENT)),
    ...(options.length === 0 ? [] : describeOptions(shown, unreal)),
    ...(shown.length < options.length ? wrapText(`… and ${options.length - shown.length} more; --all shows them.`, COLUMNS, INDENT) : []),
    ...(isAll ? options : options.slice(0, 1)).flatMap((option) => ["", ...describeOption(option, unreal)]),
    ...describeContradiction(contradiction),
    ...describeClauses(clauses, markOf(unreal, options[0]?.hypothetical === true), unreal),
    ...describeRuledOut(ruledOut, isAll),
  ];
}

function describeOptions(options: readonly SizingOption[], unreal: Unreal): string[] {
  // Only of what is bought is power known.
  const hasPower = options.some((option) => option.powerKW !== undefined);
  const rows = options.map((option) => [
    String(option.rank),
    `${option.hostSize} ${markOf(unreal, option.hypothetical)}`,
    showNumber(option.hostCount),
    placeOf(option),
    option.binding,
    option.cost.usdPerMonth === undefined ? "undetermined" : showUsd(option.cost.usdPerMonth),
    String(option.undetermined.length),
    ...(hasPower ? [option.powerKW === undefined ? NOT_KNOWN : showNumber(option.powerKW)] : []),
  ]);
  return fitTable(["#", "size", "hosts", "place", "binding", "a month", "open", ...(hasPower ? ["kW"] : [])], rows, { columns: COLUMNS, indent: INDENT, numbers: [0, 2, 6, 7] });
}

function describeContradiction(contradiction: SizingSite["contradiction"]): string[] {
  if (contradiction === undefined) return [];
  const { limits, message, relaxation } = contradiction;
  return [...wrapText(`What contradicts: ${limits.join(", ")}. ${message}`, COLUMNS, INDENT), ...wrapText(describeRelaxation(relaxation, message), COLUMNS, INDENT)];
}

export function describeRelaxation(relaxation: SizingRelaxation | undefined, said: string): string {
  if (relaxation === undefined) return "";
  const { target, from, to, unit, statement } = relaxation;
  return `The least that would have to give: ${target} from ${from} to ${to}${unit === "" ? "" : ` ${unit}`}.${said.includes(statement) ? "" : ` ${statement}`}`;
}

function describeClauses(clauses: readonly SizingClause[], mark: string, unreal: Unreal): string[] {
  if (clauses.length === 0) return [];
  const lines = clauses.map((clause) => {
    const without = clause.bestWithout;
    const better = without === undefined ? "" : ` Without it the best is ${without.hostCount} x ${sizeWords(without.hostSize, unreal)} in ${without.location}.`;
    return `${clause.statement}${/[.!?]$/.test(clause.statement) ? "" : "."}${better}`;
  });
  return ["", ...section(`${mark}What each clause costs`, lines.flatMap((line) => wrapText(line, COLUMNS, `${INDENT}- `, `${INDENT}  `)))];
}

/** One line for each reason that several sizes share. */
export function groupRuledOut(ruledOut: readonly SizingRuledOut[]): readonly { readonly limit: string; readonly reason: string; readonly places: readonly string[]; readonly sizes: readonly string[] }[] {
  const groups = new Map<string, SizingRuledOut[]>();
  for (const each of ruledOut) {
    // Numbers differ from size to size; the reason is the same.
    const key = `${each.limit} ${reasonKey(each)}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => ({ limit: group[0]?.limit ?? "", reason: group[0]?.reason ?? "", places: [...new Set(group.map(({ location }) => location))], sizes: [...new Set(group.map(({ hostSize }) => hostSize))] }));
}

const reasonKey = ({ reason, hostSize, location }: SizingRuledOut): string => reason.replaceAll(hostSize, "SIZE").replaceAll(location, "PLACE").replace(/[0-9][0-9.,]*/g, "N");

function describeRuledOut(ruledOut: readonly SizingRuledOut[], isAll: boolean): string[] {
  if (ruledOut.length === 0) return [];
  const groups = groupRuledOut(ruledOut);
  const lines = groups.map(({ limit, reason, places, sizes }) => {
    const names = isAll ? sizes.join(", ") : shortList(sizes, NAMES_SHOWN_MAX);
    return `${limit}: ${names} in ${isAll ? places.join(", ") : shortList(places, NAMES_SHOWN_MAX)}. ${sizes.length + places.length > 2 ? "First: " : ""}${reason}`;
  });
  return ["", ...section("Ruled out", lines.flatMap((line) => wrapText(line, COLUMNS, `${INDENT}- `, `${INDENT}  `)))];
}
