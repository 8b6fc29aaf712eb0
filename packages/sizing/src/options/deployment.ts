// How long deploying takes at least under the limits of the API, and how many load generators prove the throughput.
import type { PlatformLimits, SizingOption } from "@cynosure/model";
import type { Candidate } from "../candidates/candidates.ts";
import { clientNic, sumOfReads, sumOfWrites } from "../limits/site.ts";
import type { SiteCase } from "../site-case.ts";
import { number } from "../words.ts";

/** A NIC and a VM. */
const WRITES_PER_HOST = 2;
const SECONDS_PER_MINUTE = 60;
const GBPS_PER_GBYTES = 8;

const pastBucket = (count: number, bucket: number, perSecond: number): number => Math.max(0, count - bucket) / perSecond;

/** Null where the API is another's, or its limits are not known. */
export function deploymentSecondsMin(platform: PlatformLimits, { place, shape }: Candidate): number | null {
  const { writesBucket, writesPerSecond, vmCreatesBucket, vmCreatesPerMinute } = platform;
  if (place.kind !== "azure") return null;
  if (writesBucket.value === null || writesPerSecond.value === null || vmCreatesBucket.value === null || vmCreatesPerMinute.value === null) return null;
  const hosts = shape.hosts + shape.managementHosts;
  return Math.max(pastBucket(hosts * WRITES_PER_HOST, writesBucket.value, writesPerSecond.value), pastBucket(hosts, vmCreatesBucket.value, vmCreatesPerMinute.value / SECONDS_PER_MINUTE));
}

export function loadGeneratorsFor(each: SiteCase, { host, place }: Candidate): SizingOption["loadGenerators"] {
  const throughput = Math.max(sumOfReads(each), sumOfWrites(each));
  if (throughput === 0 || place.kind === "live") return null;
  const { clients } = each.site;
  const nic = clients === null ? { gigabytesPerSecond: host.egressGBps } : clientNic(each);
  const payload = each.assumptions.nicPayloadFraction;
  if (nic.gigabytesPerSecond === null || nic.gigabytesPerSecond === 0 || payload.value === null) return null;
  const count = Math.ceil(throughput / (nic.gigabytesPerSecond * payload.value));
  return { size: clients === null ? host.name : clients.size, nicGbps: nic.gigabytesPerSecond * GBPS_PER_GBYTES, count, reason: `${number(throughput)} GB/s in one direction at ${number(nic.gigabytesPerSecond * payload.value)} GB/s each${clients === null ? "; no clients are described, so hosts of the same size" : ""}` };
}
