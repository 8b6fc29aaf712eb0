// What limits a cluster, and why one host fewer fails, with the numbers.
import type { SizedCluster, SizingLimit } from "@cynosure/model";
import { firstBroken } from "../count/smallest-count.ts";
import { printLimit } from "../limits/limit.ts";
import type { ShapedCluster } from "../shape/shape.ts";
import { plural } from "../words.ts";
import { limitNumbers } from "./limit-words.ts";

/** The first limit that one host fewer breaks; for a fixed shape the one with the least slack. */
function bindingOf({ limits, hosts }: ShapedCluster, printed: readonly SizingLimit[], isFixed: boolean): string {
  const broken = isFixed ? null : firstBroken(limits, hosts - 1);
  if (broken !== null) return broken.name;
  const tightest = printed.filter((limit) => limit.slack !== null).toSorted((a, b) => (a.slack ?? 0) - (b.slack ?? 0))[0];
  return tightest?.name ?? "none";
}

function whyNotOneFewer({ model, limits, hosts }: ShapedCluster, isFixed: boolean): string {
  const fewer = hosts - 1;
  const broken = firstBroken(limits, fewer);
  const asked = isFixed ? `; the requirement asks for ${hosts}` : "";
  if (broken === null) return `${plural(fewer, "host")} would ${model.kind === "live" ? "hold protection and capacity" : "meet every limit"} too${asked}.`;
  return `${plural(fewer, "host")} would not do: ${limitNumbers(broken, fewer)}${asked}.`;
}

export const raisedOf = ({ model, hosts }: Pick<ShapedCluster, "model" | "hosts">): SizedCluster["raisedProtection"] =>
  (model.at(hosts)?.fileSystems ?? []).flatMap(({ fileSystem, protection }) => (protection.hostFailures > fileSystem.protection.hostFailures ? [{ fileSystem: fileSystem.name, asked: fileSystem.protection.hostFailures, hostFailures: protection.hostFailures }] : []));

export function sizedCluster(cluster: ShapedCluster, isFixed: boolean): SizedCluster {
  const limits = cluster.limits.map((limit) => printLimit(limit, cluster.hosts));
  return {
    name: cluster.name,
    fileSystems: cluster.model.fileSystems.map((each) => each.name),
    buckets: cluster.model.buckets.map((each) => each.name),
    hostCount: cluster.hosts,
    binding: bindingOf(cluster, limits, isFixed),
    limits,
    whyNotOneFewer: whyNotOneFewer(cluster, isFixed),
    raisedProtection: raisedOf(cluster),
  };
}
