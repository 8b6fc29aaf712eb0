// Hosts as a map: by failure domain, each with how it is in one word. Pure.
import type { ClusterHost } from "@cynosure/sdk";
import type { BadgeWords } from "../../words/badges.ts";

export interface FailureDomain {
  readonly name: string;
  readonly hosts: readonly ClusterHost[];
}

/** In the order of the hosts' own numbers. */
export function failureDomains(hosts: readonly ClusterHost[]): readonly FailureDomain[] {
  const sorted = hosts.toSorted((a, b) => a.properties.index - b.properties.index);
  return [...Map.groupBy(sorted, ({ properties }) => properties.failureDomain)].map(([name, members]) => ({ name, hosts: members }));
}

/** Whether what is known of its daemons is of now: the agent of a host that is off or cut off tells nothing any more. */
export const isHeard = ({ properties }: ClusterHost): boolean => properties.power === "on" && properties.fault === "none";

/** The worst of what is known of it. */
export function hostBadge({ properties }: ClusterHost): BadgeWords {
  const failed = properties.daemons.filter(({ state }) => state === "failed").length;
  if (properties.fault === "killed") return { text: "Killed", tone: "danger", meaning: "It was switched off on purpose, and stays off until it is restored" };
  if (properties.fault === "linkCut") return { text: "Cut off", tone: "danger", meaning: "Its network was cut on purpose, and stays cut until it is restored" };
  if (properties.power === "off") return { text: "Off", tone: "danger", meaning: "The machine is off" };
  if (properties.power === "unknown") return { text: "No answer", tone: "danger", meaning: "Nobody knows whether the machine is on" };
  if (properties.state === "failed" || failed > 0) return { text: "Failed", tone: "danger", meaning: failed === 0 ? "The host cannot reach its host plan" : `${failed} daemons have failed` };
  if (!properties.joined) return { text: "Joining", tone: "informative", meaning: "Its agent has no certificate yet" };
  if (properties.state !== "converged") return { text: "Converging", tone: "brand", meaning: properties.activity ?? `At host plan ${properties.observedGeneration} of ${properties.publishedGeneration}` };
  return { text: "Well", tone: "success", meaning: `All as host plan ${properties.observedGeneration} says` };
}

export function hostsWords(hosts: readonly ClusterHost[]): string {
  const counts = Map.groupBy(hosts, (host) => hostBadge(host).text);
  return [...counts].map(([text, members]) => `${members.length} ${text.toLowerCase()}`).join(" · ");
}
