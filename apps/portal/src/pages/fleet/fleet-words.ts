// The fleet in one line. Pure.
import type { Cluster } from "@cynosure/sdk";

export function fleetWords(clusters: readonly Cluster[]): string {
  const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const hosts = clusters.reduce((sum, { properties }) => sum + properties.hosts.count, 0);
  const troubled = clusters.filter(({ properties }) => properties.health?.ok === false || properties.provisioningState === "Failed").length;
  const busy = clusters.filter(({ properties }) => !["Succeeded", "Failed", "Canceled", undefined].includes(properties.provisioningState)).length;
  return [many(clusters.length, "cluster"), many(hosts, "host"), ...(troubled === 0 ? [] : [`${troubled} with trouble`]), ...(busy === 0 ? [] : [`${busy} being changed`])].join(" · ");
}
