// What this machine offers as hosts: one size, a disk each. Said here, where both the local substrate and a command that needs no
// control plane can read it; how hosts are made is the substrate's business.
import { cpus, totalmem } from "node:os";
import type { HostSizeOffer } from "@cynosure/model";

export const LOCAL_LOCATION = "local";
export const LOCAL_SIZE = "local-small";
const DISK_SIZE_BYTES = 8 * 1024 ** 3;
const HOST_COUNT_MAX = 32;

export function describeLocalOffer(): HostSizeOffer {
  return { size: LOCAL_SIZE, location: LOCAL_LOCATION, hostCountMax: HOST_COUNT_MAX, diskCount: 1, diskSizeBytes: DISK_SIZE_BYTES, vcpus: cpus().length, memoryBytes: totalmem(), restriction: null };
}
