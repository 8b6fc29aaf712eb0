// A kind of host as the limits read it, whether it comes from the catalogue or from what a substrate offers now.
// MB/s and Mb/s become GB/s here and nowhere else.
import type { CatalogueSize, HostSizeOffer, Sourced } from "@cynosure/model";

/** Where hosts come from; decides which limits there are. `live`: a substrate of this installation offers them now. */
export type PlaceKind = "azure" | "bareMetal" | "live";

export interface HostModel {
  readonly name: string;
  readonly kind: PlaceKind;
  readonly vcpus: number | null;
  readonly driveCount: number | null;
  readonly driveGB: number | null;
  /** All drives of the host; the write figure as published, for fresh drives. */
  readonly readGBps: number | null;
  readonly writeGBps: number | null;
  readonly readIops: number | null;
  readonly driveWritesPerDay: number | null;
  readonly egressGBps: number | null;
  /** The egress figure where no ingress figure is known. */
  readonly ingressGBps: number | null;
  /** Null for a live offer. */
  readonly size: CatalogueSize | null;
  /** Null for a size of the catalogue. */
  readonly offer: HostSizeOffer | null;
}

const BYTES_PER_GB = 1_000_000_000;
const scale = (of: Sourced<number>, divisor: number): number | null => (of.value === null ? null : of.value / divisor);

export function hostOfSize(size: CatalogueSize): HostModel {
  const { drives } = size;
  return {
    name: size.name, kind: size.substrate, vcpus: size.vcpus.value,
    driveCount: drives.count.value, driveGB: drives.driveGB.value, readGBps: scale(drives.readMBps, 1_000), writeGBps: scale(drives.writeMBps, 1_000),
    readIops: drives.readIops.value, driveWritesPerDay: drives.driveWritesPerDay.value,
    egressGBps: scale(size.egressMbps, 8_000), ingressGBps: scale(size.ingressMbps.value === null ? size.egressMbps : size.ingressMbps, 8_000),
    size, offer: null,
  };
}

export function hostOfOffer(offer: HostSizeOffer): HostModel {
  return {
    name: offer.size, kind: "live", vcpus: offer.vcpus, driveCount: offer.diskCount, driveGB: offer.diskSizeBytes / BYTES_PER_GB,
    readGBps: null, writeGBps: null, readIops: null, driveWritesPerDay: null, egressGBps: null, ingressGBps: null, size: null, offer,
  };
}

/** Raw GB of one host; null when the drives are not known. */
export const rawGBOf = (host: HostModel): number | null => (host.driveCount === null || host.driveGB === null ? null : host.driveCount * host.driveGB);
