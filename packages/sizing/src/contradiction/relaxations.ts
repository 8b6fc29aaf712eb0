// What single change of a requirement would leave an option: each thing that can give is relaxed alone, and as little as
// will do. Here what stands alone in one limit, or is a choice; what is multiplied into many limits is in scaled.ts.
import type { Requirement, RequirementSite } from "@cynosure/model";
import type { Candidate } from "../candidates/candidates.ts";
import { withConstraints, withSite } from "../clauses/changed-requirement.ts";
import { inTermsOf, usdOf } from "../limits/budget.ts";
import { powerKWOf, rackUnitsOf, switchesFor } from "../limits/room.ts";
import { clientNic, sumOfReads, sumOfWrites, vcpusInAll } from "../limits/site.ts";
import { ranked } from "../options/rank.ts";
import { withSameShapes } from "../site-case.ts";
import { number } from "../words.ts";
import { found, onlyBrokenBy, optionsAmong, type Found, type Stuck } from "./relaxation.ts";
import { scaledRelaxations } from "./scaled.ts";

const UNCOUNTED_FACTOR = 2;
const UNLIMITED = 1e12;

/** A number of the requirement that is in one kind of limit alone: the limit is dropped, and the least need is what would do. */
interface Dropped {
  readonly limits: readonly string[];
  readonly target: string;
  readonly noun: string;
  readonly unit: string;
  readonly from: number;
  readonly without: Requirement;
  /** What the option needs of it; null when that is not known. */
  need(option: Candidate): number | null;
}

function roomNumbers({ each }: Stuck, onSite: (change: Partial<RequirementSite>) => Requirement): Dropped[] {
  const { room } = each.site;
  if (room === null) return [];
  const path = `${each.path}.room`;
  const numbers: Dropped[] = [
    { limits: ["power"], target: `${path}.powerKW`, noun: "power", unit: "kW", from: room.powerKW, without: onSite({ room: { ...room, powerKW: UNLIMITED } }), need: ({ host, shape }) => powerKWOf(host, shape.hosts).value },
    { limits: ["rack units"], target: `${path}.rackUnits`, noun: "rack units", unit: "U", from: room.rackUnits, without: onSite({ room: { ...room, rackUnits: UNLIMITED } }), need: ({ host, shape }) => rackUnitsOf(room, host, shape.hosts).value },
  ];
  const { network } = room;
  if (network === null) return numbers;
  const switches: Dropped = { limits: ["switches"], target: `${path}.network.switchesMax`, noun: "switches", unit: "switches", from: network.switchesMax, without: onSite({ room: { ...room, network: { ...network, switchesMax: UNLIMITED } } }), need: ({ host, shape }) => switchesFor(room, host, shape.hosts).value };
  return [...numbers, switches];
}

function droppedNumbers(stuck: Stuck): Dropped[] {
  const { each, others } = stuck;
  const { requirement, siteIndex, site, path } = each;
  const { budget } = each.constraints;
  const onSite = (change: Partial<RequirementSite>): Requirement => withSite(requirement, siteIndex, (old) => ({ ...old, ...change }));
  const numbers: Dropped[] = [];
  if (budget !== null) {
    const [key, unit] = budget.kind === "monthly" ? ["monthlyUsd", "USD/month"] : ["totalUsd", "USD"];
    const need = ({ usdPerMonth }: Candidate): number | null => (usdPerMonth === null ? null : inTermsOf(budget, usdPerMonth) + others.leastUsd);
    // Reserved prices go with the budget's term, so the budget is made large, not left out.
    numbers.push({ limits: ["budget"], target: `constraints.budget.${key}`, noun: "the budget", unit, from: usdOf(budget), without: withConstraints(requirement, { budget: budget.kind === "monthly" ? { ...budget, monthlyUsd: UNLIMITED * UNLIMITED } : { ...budget, totalUsd: UNLIMITED * UNLIMITED } }), need });
  }
  if (site.quotaVcpus !== null) numbers.push({ limits: ["vCPU quota"], target: `${path}.quotaVcpus`, noun: "the quota", unit: "vCPUs", from: site.quotaVcpus, without: onSite({ quotaVcpus: null }), need: ({ host, shape }) => vcpusInAll(each, host, shape, shape.hosts).value });
  numbers.push(...roomNumbers(stuck, onSite));
  const nic = (clientNic(each).gigabytesPerSecond ?? 0) * (each.assumptions.nicPayloadFraction.value ?? 1);
  const { clients } = site;
  if (clients !== null && nic > 0) {
    const count = Math.ceil(Math.max(sumOfReads(each), sumOfWrites(each)) / nic);
    numbers.push({ limits: ["clients' reads", "clients' writes"], target: `${path}.clients.count`, noun: "clients", unit: "clients", from: clients.count, without: onSite({ clients: { ...clients, count: Math.max(count, clients.count) } }), need: () => count });
  }
  return numbers;
}

function droppedRelaxations(stuck: Stuck): Found[] {
  return droppedNumbers(stuck).flatMap(({ limits, target, noun, unit, from, without, need }) => {
    const options = optionsAmong(onlyBrokenBy(stuck, ...limits), withSameShapes(stuck.each, without), stuck.shapes, stuck.others);
    const needs = options.map(need).filter((value) => value !== null);
    const to = Math.min(...needs);
    return needs.length === 0 || to <= from ? [] : [found(target, from, to, unit, from === 0 ? Infinity : to / from, `With ${noun} at ${number(to)} instead of ${number(from)} ${unit} something would do.`)];
  });
}

/** The best option once these constraints are changed, which alone stand against it. */
function bestWith(stuck: Stuck, limit: string, constraints: Parameters<typeof withConstraints>[1]): Candidate | undefined {
  const changedCase = withSameShapes(stuck.each, withConstraints(stuck.each.requirement, constraints));
  return ranked(changedCase, optionsAmong(onlyBrokenBy(stuck, limit), changedCase, stuck.shapes, stuck.others))[0];
}

function choiceRelaxations(stuck: Stuck): Found[] {
  const { residencyCountries, ephemeralNvmeAllowed, hostSizes } = stuck.each.constraints;
  const { allow, deny, prefer } = hostSizes;
  const all: Found[] = [];
  const moved = residencyCountries.length === 0 ? undefined : bestWith(stuck, "residency", { residencyCountries: [] });
  const country = moved?.place.region?.country;
  if (moved !== undefined && country !== undefined) {
    all.push(found("constraints.residencyCountries", residencyCountries.join(", "), [...residencyCountries, country].join(", "), "countries", UNCOUNTED_FACTOR, `With ${country} among the countries ${moved.host.name} in ${moved.place.name} would do.`));
  }
  const emptied = ephemeralNvmeAllowed ? undefined : bestWith(stuck, "ephemeral NVMe", { ephemeralNvmeAllowed: true });
  if (emptied !== undefined) all.push(found("constraints.ephemeralNvmeAllowed", "false", "true", "", UNCOUNTED_FACTOR, `With ephemeral NVMe allowed ${emptied.host.name} in ${emptied.place.name} would do.`));
  const other = allow.length === 0 && deny.length === 0 ? undefined : bestWith(stuck, "host size list", { hostSizes: { allow: [], deny: [], prefer } });
  if (other !== undefined) {
    const { name } = other.host;
    const [list, from, to] = deny.includes(name) ? ["deny", deny, deny.filter((denied) => denied !== name)] : ["allow", allow, [...allow, name]];
    all.push(found(`constraints.hostSizes.${list}`, from.join(", "), to.join(", "), "host sizes", UNCOUNTED_FACTOR, `With ${name} ${list === "deny" ? "not denied" : "allowed"} it would do in ${other.place.name}.`));
  }
  return all;
}

const leastOf = (all: readonly Found[]): Found | null => all.reduce<Found | null>((least, one) => (least === null || one.factor < least.factor ? one : least), null);

/** The smallest change; what is no number counts as a factor of two. */
export function smallestRelaxation(stuck: Stuck): Found["relaxation"] | null {
  const simple = leastOf([...droppedRelaxations(stuck), ...choiceRelaxations(stuck)]);
  return leastOf([...(simple === null ? [] : [simple]), ...scaledRelaxations(stuck, simple?.factor ?? Infinity)])?.relaxation ?? null;
}
