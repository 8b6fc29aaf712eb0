// What a schema cannot say of a requirement: whether its values fit each other. Each problem names the property, the reason and the
// remedy. What depends on a location or on the catalogue is judged by sizing.
import type { Requirement, RequirementBudget, RequirementConsolidation, RequirementConstraints, RequirementFileSystem, RequirementSite } from "@cynosure/contract";
import { type SizingProblem, dayOf } from "@cynosure/model";

/** Shares are written with a few digits: 0.333 three times is meant to be a whole. */
const SHARE_SUM_ERROR_MAX = 0.005;

type Problems = readonly SizingProblem[];

const problem = (target: string, message: string): Problems => [{ target, message }];
const when = (isWrong: boolean, target: string, message: string): Problems => (isWrong ? problem(target, message) : []);

export function checkRequirement(wire: Requirement): Problems {
  return [
    ...checkDoubles(wire.sites.map(({ name }) => name), "sites", ".name"),
    ...wire.sites.flatMap((site, index) => checkSite(site, `sites[${index}]`)),
    ...checkConstraints(wire.constraints ?? {}, "constraints"),
  ];
}

function checkDoubles(values: readonly (string | number)[], path: string, key: string): Problems {
  const at = values.findIndex((value, index) => values.indexOf(value) !== index);
  if (at < 0) return [];
  const first = values.indexOf(values[at] ?? "");
  return problem(`${path}[${at}]${key}`, `'${values[at] ?? ""}' is used twice, as in ${path}[${first}]. Give each its own.`);
}

function checkSite(site: RequirementSite, path: string): Problems {
  const fileSystems = site.fileSystems ?? [];
  const buckets = site.buckets ?? [];
  const isEmpty = fileSystems.length === 0 && buckets.length === 0 && site.hosts === undefined;
  const { clients, fabric, room } = site;
  return [
    ...when(isEmpty, path, "Nothing is asked for here. Give fileSystems, buckets or hosts.count."),
    ...checkDoubles(fileSystems.map(({ name }) => name), `${path}.fileSystems`, ".name"),
    ...checkDoubles(buckets.map(({ name }) => name), `${path}.buckets`, ".name"),
    ...fileSystems.flatMap((fileSystem, index) => checkFileSystem(fileSystem, `${path}.fileSystems[${index}]`)),
    ...when(clients !== undefined && clients.size === undefined && clients.nicGbps === undefined, `${path}.clients`, "Clients have neither a size nor a network rate. Give size or nicGbps."),
    ...when(fabric?.kind === "gateway" && fabric.gatewayGBps === undefined, `${path}.fabric.gatewayGBps`, "A fabric behind gateways is as fast as they are. Give what all gateways carry in one direction."),
    ...when(fabric !== undefined && fabric.kind !== "gateway" && fabric.gatewayGBps !== undefined, `${path}.fabric.gatewayGBps`, `A fabric of kind ${fabric?.kind ?? ""} has no gateways. Leave it out, or use kind gateway.`),
    ...when(room?.network !== undefined && room.network.uplinkPorts >= room.network.switchPorts, `${path}.room.network.uplinkPorts`, "No port of a switch is left for hosts. Use fewer than switchPorts."),
    ...checkDoubles(site.fallbackLocations ?? [], `${path}.fallbackLocations`, ""),
    ...checkConsolidation(site.consolidation ?? {}, fileSystems, `${path}.consolidation`),
  ];
}

function checkFileSystem({ throughput, fileSizes, protocols }: RequirementFileSystem, path: string): Problems {
  const sizes = fileSizes ?? [];
  const sum = sizes.reduce((total, share) => total + share.byteFraction, 0);
  return [
    ...checkDoubles(protocols, `${path}.protocols`, ""),
    ...when(throughput !== undefined && (throughput.readGBps ?? 0) === 0 && (throughput.writeGBps ?? 0) === 0, `${path}.throughput`, "Neither reading nor writing is asked for. Give readGBps or writeGBps above 0, or leave throughput out."),
    ...when(sizes.length > 0 && Math.abs(sum - 1) > SHARE_SUM_ERROR_MAX, `${path}.fileSizes`, `The shares add up to ${Number(sum.toFixed(4))}. Make byteFraction add up to 1.`),
    ...checkDoubles(sizes.map(({ fileSizeKB }) => fileSizeKB), `${path}.fileSizes`, ".fileSizeKB"),
  ];
}

function checkConsolidation({ mayShare, mode, confidence }: RequirementConsolidation, fileSystems: readonly RequirementFileSystem[], path: string): Problems {
  const known = fileSystems.map(({ name }) => name);
  const lists = (mayShare ?? []).flatMap((names, list) => names.map((name, index) => ({ name, target: `${path}.mayShare[${list}][${index}]` })));
  const first = new Map<string, string>();
  const doubles = lists.flatMap(({ name, target }) => {
    const before = first.get(name);
    first.set(name, before ?? target);
    return before === undefined ? [] : problem(target, `'${name}' is named twice, as in ${before}. A file system is in one list at most.`);
  });
  return [
    ...when(mode === "shared" && confidence === undefined, `${path}.confidence`, "A shared cluster holds with some confidence only. Say which, for example 0.99."),
    ...when(mode !== "shared" && confidence !== undefined, `${path}.confidence`, "A guaranteed cluster holds always. Leave it out, or use mode shared."),
    ...lists.flatMap(({ name, target }) => when(!known.includes(name), target, `No file system of this site is called '${name}'. Known: ${known.join(", ") || "none"}.`)),
    ...doubles,
  ];
}

function checkConstraints({ budget, readyBy, hostSizes }: RequirementConstraints, path: string): Problems {
  const allow = hostSizes?.allow ?? [];
  return [
    ...(budget === undefined ? [] : checkBudget(budget, `${path}.budget`)),
    ...when(readyBy !== undefined && dayOf(readyBy) === null, `${path}.readyBy`, `'${readyBy ?? ""}' is no day of the calendar. Write YYYY-MM-DD.`),
    ...(hostSizes?.deny ?? []).flatMap((size, index) => when(allow.includes(size), `${path}.hostSizes.deny[${index}]`, `'${size}' is allowed and denied. Take it out of one list.`)),
  ];
}

function checkBudget({ monthlyUsd, totalUsd, termMonths }: RequirementBudget, path: string): Problems {
  return [
    ...when((monthlyUsd === undefined) === (totalUsd === undefined), path, "A budget is either monthly or total. Give monthlyUsd, or totalUsd with termMonths."),
    ...when(totalUsd !== undefined && termMonths === undefined, `${path}.termMonths`, "A total is for a term. Give the months."),
    ...when(monthlyUsd !== undefined && totalUsd === undefined && termMonths !== undefined, `${path}.termMonths`, "A monthly budget has no term. Leave it out, or give totalUsd."),
  ];
}
