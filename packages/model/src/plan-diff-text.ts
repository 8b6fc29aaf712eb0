// A plan's difference as lines of at most 80 columns: + what comes, - what goes, ~ what stays and changes. The
// same lines for goldens and for people at a terminal.
import { isEmptyDiff } from "./plan-diff.ts";
import type { PlanDiff, PlanDiffAction, PlanDiffHost, PlanDiffItem, PlanDiffPart, PlanDiffValue } from "./plan-diff.ts";
import { wrap } from "./text-layout.ts";

type Mark = "+" | "-" | "~";

const marked = (mark: Mark, text: string): string[] => wrap(text, "", `${mark} `);
const changeText = ({ name, before, after }: PlanDiffValue): string => {
  if (before === undefined) return `+ ${name} ${after ?? ""}`;
  return after === undefined ? `- ${name} ${before}` : `${name} ${before} -> ${after}`;
};

function settingLines({ name, before, after }: PlanDiffValue): string[] {
  if (before === undefined) return marked("+", `${name}: ${after ?? ""}`);
  return after === undefined ? marked("-", `${name}: ${before}`) : marked("~", `${name}: ${before} -> ${after}`);
}

const titled = (name: string, said: readonly string[]): string => (said.length === 0 ? name : `${name}: ${said.join("; ")}`);

/** What an item that comes or goes has under a name. */
function valueOf({ values }: PlanDiffItem, name: string): string {
  const found = values.find((value) => value.name === name);
  return found?.after ?? found?.before ?? "";
}

function poolText(mark: Mark, pool: PlanDiffItem): string {
  if (mark === "~") return titled(pool.name, pool.values.map(changeText));
  return `${pool.name} (${valueOf(pool, "purpose")}): ${valueOf(pool, "protection")}, ${valueOf(pool, "placementGroups")} PGs`;
}

function endpointText(mark: Mark, endpoint: PlanDiffItem): string {
  if (mark === "~") return titled(endpoint.name, endpoint.values.map(changeText));
  return `${endpoint.name}: ${valueOf(endpoint, "protocol")} on ${valueOf(endpoint, "host")} port ${valueOf(endpoint, "port")}`;
}

function hostText(mark: Mark, host: PlanDiffHost): string {
  if (mark !== "~") return titled(`${host.name} (${valueOf(host, "size")})`, [[...host.daemonsStarted, ...host.daemonsStopped].join(" ") || "no daemon"]);
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["+", host.daemonsStarted],
    ["-", host.daemonsStopped],
    ["restarts", host.daemonsRestarted],
    ["reloads", host.daemonsReloaded],
    ["redefines", host.daemonsRedefined],
    ["new files", host.filesAdded],
    ["changed files", host.filesChanged],
    ["removed files", host.filesRemoved],
  ];
  const said = parts.filter(([, names]) => names.length > 0).map(([what, names]) => `${what} ${names.join(" ")}`);
  const all = [...said, ...host.values.map(changeText)];
  return titled(host.name, all.length === 0 ? ["its definition"] : all);
}

/** What an action carries is the engine's own: which of it differs is enough to know here. */
function actionText(mark: Mark, { title, values }: PlanDiffAction): string {
  if (mark === "~") return titled(title, [[...new Set(values.map(({ name }) => name))].join(", ")]);
  return mark === "+" ? title : `${title} (asked for no more)`;
}

function partLines<Item extends PlanDiffItem>(title: string, part: PlanDiffPart<Item>, text: (mark: Mark, item: Item) => string): string[] {
  const lines = [
    ...part.added.flatMap((item) => marked("+", text("+", item))),
    ...part.removed.flatMap((item) => marked("-", text("-", item))),
    ...part.changed.flatMap((item) => marked("~", text("~", item))),
  ];
  return lines.length === 0 ? [] : [title, ...lines];
}

export function renderPlanDiff(diff: PlanDiff): string[] {
  if (isEmptyDiff(diff)) return ["No change"];
  return [
    ...(diff.settings.length === 0 ? [] : ["Settings", ...diff.settings.flatMap(settingLines)]),
    ...partLines("Hosts", diff.hosts, hostText),
    ...partLines("Pools", diff.pools, poolText),
    ...partLines("Endpoints", diff.endpoints, endpointText),
    ...partLines("Engine actions", diff.actions, actionText),
  ];
}
