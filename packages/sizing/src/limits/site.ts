// Limits of a site as a whole in a cloud: where sizes are, what clients can take, the fabric between, vCPUs that may be used.
// Judged for the hosts of all clusters together.
import type { Place } from "../candidates/places.ts";
import { availabilityIn } from "../candidates/availability.ts";
import type { HostModel } from "../host-model.ts";
import type { Shape } from "../shape/shape.ts";
import type { SiteCase } from "../site-case.ts";
import { known, number, plural, sourced } from "../words.ts";
import { UNBOUNDED_UNKNOWN, added, available, multiplied, whole, type Amount } from "./amount.ts";
import type { Limit } from "./limit.ts";

const unscanned = { hostsAtLeast: () => 0 };

function inRegion(name: string, size: HostModel["size"], region: string): Limit {
  const availability = size === null ? null : availabilityIn(size, region);
  const there: Amount = availability?.verdict === "listed" ? whole(1) : UNBOUNDED_UNKNOWN;
  return { name, unit: "listed", judge: () => ({ required: whole(1), available: there }), evidence: () => availability?.evidence ?? "", ...unscanned };
}

export function availabilityLimits(each: SiteCase, place: Place, host: HostModel): Limit[] {
  const { clients } = each.site;
  const limits = [inRegion("size in region", host.size, place.name)];
  const clientSize = clients?.size ?? null;
  if (clients !== null && clientSize !== null && clients.location === null) limits.push(inRegion("clients in region", each.index.sizes.get(clientSize) ?? null, place.name));
  return limits;
}

export const sumOfReads = (each: SiteCase): number => each.site.fileSystems.reduce((sum, { throughput }) => sum + (throughput?.readGBps ?? 0), 0);
export const sumOfWrites = (each: SiteCase): number => each.site.fileSystems.reduce((sum, { throughput }) => sum + (throughput?.writeGBps ?? 0), 0);

/** GB/s of one client's NIC and what says so; the requirement's rate wins over the catalogue's figure. */
export function clientNic(each: SiteCase): { readonly gigabytesPerSecond: number | null; readonly evidence: string } {
  const { clients } = each.site;
  if (clients === null) return { gigabytesPerSecond: null, evidence: "no clients are described" };
  if (clients.nicGbps !== null) return { gigabytesPerSecond: clients.nicGbps / 8, evidence: `${number(clients.nicGbps)} Gb/s (the requirement)` };
  const size = clients.size === null ? undefined : each.index.sizes.get(clients.size);
  const egress = size?.egressMbps;
  return egress === undefined ? { gigabytesPerSecond: null, evidence: "no rate is known" } : { gigabytesPerSecond: egress.value === null ? null : egress.value / 8_000, evidence: sourced(egress, "Mb/s") };
}

function clientLimits(each: SiteCase): Limit[] {
  const { clients } = each.site;
  if (clients === null) return [];
  const nic = clientNic(each);
  const payload = each.assumptions.nicPayloadFraction;
  const through = available(nic.gigabytesPerSecond === null ? null : clients.count * nic.gigabytesPerSecond, { value: payload.value, best: 1 });
  const limit = (name: string, required: number): Limit => ({ name, unit: "GB/s", judge: () => ({ required: whole(required), available: through }), evidence: () => `${plural(clients.count, "client")}${clients.size === null ? "" : ` ${clients.size}`} x ${nic.evidence} x payload ${sourced(payload, "")}`, ...unscanned });
  return [limit("clients' reads", sumOfReads(each)), limit("clients' writes", sumOfWrites(each))];
}

function fabricLimits(each: SiteCase): Limit[] {
  const { fabric } = each.site;
  if (fabric.kind !== "gateway") return [];
  const required = whole(Math.max(sumOfReads(each), sumOfWrites(each)));
  return [{ name: "fabric gateway", unit: "GB/s", judge: () => ({ required, available: whole(fabric.gatewayGBps) }), evidence: () => `gateways between the clients' fabric and Ethernet carry ${number(fabric.gatewayGBps)} GB/s each way (the requirement)`, ...unscanned }];
}

/** vCPUs of storage and management hosts; null where a size's vCPUs are not known. */
export function vcpusInAll(each: SiteCase, host: HostModel, shape: Pick<Shape, "managementHosts">, hosts: number): Amount {
  const management = each.engine.managementHosts;
  const perManagement = management === null ? null : (each.index.sizes.get(management.size)?.vcpus.value ?? null);
  return added(multiplied(hosts, host.vcpus), multiplied(shape.managementHosts, perManagement));
}

function quotaLimit(each: SiteCase, host: HostModel, shape: Shape): Limit {
  const { quotaVcpus } = each.site;
  const there: Amount = quotaVcpus === null ? UNBOUNDED_UNKNOWN : whole(quotaVcpus);
  return {
    name: "vCPU quota", unit: "vCPUs",
    judge: (hosts) => ({ required: vcpusInAll(each, host, shape, hosts), available: there }),
    evidence: (hosts) => `${number(hosts)} hosts x ${known(host.vcpus)} vCPUs${shape.managementHosts === 0 ? "" : ` and ${plural(shape.managementHosts, "management host")}`}; ${quotaVcpus === null ? "the requirement states no quota" : `the requirement states a quota of ${number(quotaVcpus)}`}`,
    ...unscanned,
  };
}

export function cloudLimits(each: SiteCase, place: Place, host: HostModel, shape: Shape): Limit[] {
  return [...availabilityLimits(each, place, host), ...clientLimits(each), ...fabricLimits(each), quotaLimit(each, host, shape)];
}

export const roomClientLimits = (each: SiteCase): Limit[] => [...clientLimits(each), ...fabricLimits(each)];
