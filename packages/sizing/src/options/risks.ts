// What could go wrong with an option, in words. A risk is not a limit: it rules nothing out.
import type { SizingOption } from "@cynosure/model";
import { availabilityIn } from "../candidates/availability.ts";
import type { Candidate } from "../candidates/candidates.ts";
import { vcpusInAll } from "../limits/site.ts";
import type { SiteCase } from "../site-case.ts";
import { duration, known, number, plural } from "../words.ts";
import { raisedOf } from "./binding.ts";
import { hoursToWriteAll, storedTB } from "./stored-data.ts";

type Risk = SizingOption["risks"][number];

function sizeRisks(each: SiteCase, { host, shape }: Candidate): Risk[] {
  const { size } = host;
  if (size === null) return [];
  const risks: Risk[] = [];
  if (size.hypothetical) risks.push({ code: "hypotheticalSize", message: `${size.name} does not exist: its figures are the requirement author's, and so is everything computed from them.` });
  else if (size.status === "preview" || size.status === "requested") risks.push({ code: `${size.status}Size`, message: `${size.name} is ${size.status === "preview" ? "a preview: no service level holds for it, and it may change or go" : "requested: nobody has said when, or that, it comes"}.` });
  if (size.drives.isEphemeral) {
    const hours = hoursToWriteAll(each, { host, shape });
    risks.push({
      code: "ephemeralNvme",
      message: `The drives of ${size.name} are ephemeral: a host that is stopped, deallocated or moved to other hardware comes back empty, and its data is made again from the others in ${duration(each.assumptions.rebuildHours.value)}. If all ${plural(shape.hosts, "host")} are deallocated, all data is lost: ${number(storedTB(shape))} TB usable, which takes at least ${duration(hours)} to write again from elsewhere.`,
    });
  }
  if (size.substrate === "azure" && size.rdma.value !== true) risks.push({ code: "noRdma", message: `No RDMA to count on: ${size.rdma.value === false ? `${size.name} has none` : `none is known of ${size.name}`}. Clients and hosts speak TCP.` });
  if (size.hasCapacityReservation.value !== true && size.substrate === "azure") risks.push({ code: "noCapacityReservation", message: `Capacity of ${size.name} cannot be reserved${size.hasCapacityReservation.value === null ? " as far as is known" : ""}: a host that is given back may not be had again.` });
  if (size.isIsolated) risks.push({ code: "isolatedSizeRetires", message: `${size.name} is an isolated size: it is retired together with its hardware, with a year's notice.` });
  return risks;
}

function cloudRisks(each: SiteCase, { host, place, shape }: Candidate): Risk[] {
  if (place.kind !== "azure" || host.size === null) return [];
  const risks: Risk[] = [];
  const { clients, quotaVcpus } = each.site;
  const { platform } = each.knowledge.catalogue;
  const inRegion = availabilityIn(host.size, place.name);
  if (inRegion.verdict === "unknown") risks.push({ code: "sizeNotKnownInRegion", message: `Nobody says that ${host.name} can be had in ${place.name}${clients === null ? "" : `, where the clients are`}, and no list of its regions is complete.` });
  const clientSize = each.index.sizes.get(clients?.size ?? "");
  if (clientSize !== undefined && clients?.location === null && availabilityIn(clientSize, place.name).verdict === "unknown") risks.push({ code: "clientsNotKnownInRegion", message: `Nobody says that the clients' size ${clientSize.name} can be had in ${place.name}.` });
  const vcpus = vcpusInAll(each, host, shape, shape.hosts).value;
  if (quotaVcpus === null) risks.push({ code: "quotaUnknown", message: `${number(vcpus)} vCPUs are needed in ${place.name}, and nobody has said how many the subscription may use.` });
  const large = platform.largeAllocationVcpus;
  if (large.value !== null && vcpus > large.value) risks.push({ code: "largeAllocation", message: `${number(vcpus)} vCPUs at once are a large allocation (more than ${number(large.value)}): it may find no room, and is then retried in parts.` });
  if (place.zone !== null && platform.faultDomainsPerZone.value === 1) risks.push({ code: "singleFaultDomain", message: `A zone is one fault domain: how many hosts share a rack in zone ${place.zone} is not known, and several may fail at once.` });
  if (place.region?.hasZones === false && place.zone !== null) risks.push({ code: "regionWithoutZones", message: `${place.name} has no zones, and zone ${place.zone} is asked for.` });
  return risks;
}

function estimateRisks(each: SiteCase, { host, place }: Candidate): Risk[] {
  if (place.kind === "live") return [];
  const { dataPath, engine } = each.engine;
  const writes = each.site.fileSystems.some(({ throughput }) => (throughput?.writeGBps ?? 0) > 0);
  const loads = writes || each.site.fileSystems.some(({ throughput }) => (throughput?.readGBps ?? 0) > 0);
  const risks: Risk[] = [];
  if (dataPath.kind === "sharedEverything" && loads)
    risks.push({
      code: "amplificationEstimate",
      message: `How often ${engine} sends each byte is an estimate, to be measured: ${known(dataPath.egressPerRead.value)} a byte read, between ${dataPath.egressPerReadRange.join(" and ")}; ${known(dataPath.egressPerWrite.value)} a byte written, between ${dataPath.egressPerWriteRange.join(" and ")}.`,
    });
  if (writes && host.size !== null) risks.push({ code: "burstWriteFigures", message: `Published write figures are of fresh drives; ${known(each.assumptions.sustainedWriteFraction.value)} of them is assumed to last. No sustained figure of ${host.name} is published.` });
  return risks;
}

const raisedRisks = ({ shape }: Candidate): Risk[] =>
  shape.clusters.flatMap(raisedOf).map(({ fileSystem, asked, hostFailures }) => ({ code: "raisedProtection", message: `File system ${fileSystem} gets protection against ${plural(hostFailures, "failed host")}, not ${asked}: the chunks of less do not fit the racks.` }));

export const risksOf = (each: SiteCase, candidate: Candidate): Risk[] => [...sizeRisks(each, candidate), ...cloudRisks(each, candidate), ...estimateRisks(each, candidate), ...raisedRisks(candidate)];
