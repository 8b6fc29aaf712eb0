// Rules about where daemons lie: any one host may die and every service goes on.
import type { EndpointLayout, HostId, Plan } from "@cynosure/model";
import { degraded, fatal, type Rule } from "./finding.ts";

/** Kinds that serve users directly or that file systems cannot do without. */
const redundantKinds = new Set(["mds", "rgw", "nfs", "gateway"]);
const COUNT_MIN = 2;
const MONITORS_MIN = 3;

/** Hosts of each kind of daemon, one entry per daemon. */
function hostsByKind(plan: Plan): Map<string, HostId[]> {
  const found = new Map<string, HostId[]>();
  for (const host of Object.values(plan.hosts)) for (const daemon of host.hostPlan.daemons) found.set(daemon.kind, [...(found.get(daemon.kind) ?? []), host.hostId]);
  return found;
}

export const servicesAreRedundant: Rule = {
  id: "CHK-08",
  statement: "Gateways and metadata servers run at least twice, on different hosts, and users have an endpoint on each.",
  check({ plan }) {
    const { policy, layout } = plan;
    if (policy.presence === "absent") return [];
    const daemons = [...hostsByKind(plan)]
      .filter(([kind, hosts]) => redundantKinds.has(kind) && new Set(hosts).size < COUNT_MIN)
      .map(([kind, hosts]) => fatal(kind, `Daemons of kind ${kind} run on ${new Set(hosts).size} host only (${hosts.join(", ")}): its loss would end the service.`));
    const wanted: EndpointLayout["protocol"][] = [...(policy.fileSystems.some((item) => item.protocols.includes("nfs")) ? ["nfs" as const] : []), ...(policy.buckets.length > 0 ? ["s3" as const] : [])];
    const endpoints = wanted.flatMap((protocol) => {
      const hosts = new Set(layout.endpoints.filter((endpoint) => endpoint.protocol === protocol).map((endpoint) => endpoint.hostId));
      return hosts.size >= COUNT_MIN ? [] : [fatal(protocol, `${hosts.size} hosts offer ${protocol}; at least ${COUNT_MIN} must, so that any one may die.`)];
    });
    return [...daemons, ...endpoints];
  },
};

export const quorumIsSound: Rule = {
  id: "CHK-09",
  statement: "Monitors are odd in number, at least three, and on different hosts.",
  check({ plan }) {
    const hosts = hostsByKind(plan).get("monitor");
    if (plan.policy.presence === "absent" || hosts === undefined) return [];
    const twice = hosts.filter((host, k) => hosts.indexOf(host) !== k);
    return [
      ...twice.map((host) => fatal(host, `${host} runs more than one monitor: its loss would take two votes.`)),
      ...(hosts.length < MONITORS_MIN ? [fatal("monitor", `${hosts.length} monitors: the loss of one host would end the quorum; at least ${MONITORS_MIN} are needed.`)] : []),
      ...(hosts.length % 2 === 0 ? [degraded("monitor", `${hosts.length} monitors survive no more than ${hosts.length - 1} do and can split evenly: use an odd number.`)] : []),
    ];
  },
};
