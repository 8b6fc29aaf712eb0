// Makes sizes of a series from a table whose rows read like the table of the public page: every cell becomes a value
// with the page's name and date. What a series has in common is said once, in its frame.
import type { CatalogueSize, RegionList, Sourced } from "@cynosure/model";
import { networkThroughput, READ_ON } from "./pages.ts";
import { from, unknown, type Page } from "./sourced.ts";

/** Name without `Standard_`; vCPUs; memory GiB; drives; GB of a drive; MB/s read, write; reads and writes a second; egress Mb/s. */
export type SizeRow = readonly [name: string, vcpus: number, memoryGiB: number, drives: number, driveGB: number, readMBps: number | null, writeMBps: number | null, readIops: number | null, writeIops: number | null, egressMbps: number];

export interface SeriesFrame {
  readonly series: string;
  readonly role: CatalogueSize["role"];
  readonly page: Page;
  readonly rdma: Sourced<boolean>;
  readonly hasCapacityReservation: Sourced<boolean>;
  readonly availability: readonly RegionList[];
  /** Why a cell of the table is empty. */
  readonly whyUnknown: { readonly write: string };
  readonly infinibandGbps?: Sourced<number>;
  readonly isIsolated?: boolean;
  /** Said of every size of the series. */
  readonly notes: readonly string[];
}

const notBareMetal: Page = { source: "not a bare-metal size", asOf: READ_ON };
const ingressNote = "Azure neither meters nor limits what comes in; no line rate is published, so the egress figure is taken";

export function cloudSize(frame: SeriesFrame, row: SizeRow): CatalogueSize {
  const { page } = frame;
  const [name, vcpus, memoryGiB, drives, driveGB, readMBps, writeMBps, readIops, writeIops, egressMbps] = row;
  const measured = (value: number | null, note: string): Sourced<number> => (value === null ? unknown(page, note) : from(page, value));
  const noDriveFigure = "the page gives no figure for local drives";
  return {
    name: `Standard_${name}`, substrate: "azure", series: frame.series, role: frame.role, hypothetical: false, status: "ga",
    vcpus: from(page, vcpus), memoryGiB: from(page, memoryGiB),
    drives: {
      count: from(page, drives), driveGB: from(page, driveGB),
      readMBps: measured(readMBps, noDriveFigure), writeMBps: measured(writeMBps, frame.whyUnknown.write),
      readIops: measured(readIops, noDriveFigure), writeIops: measured(writeIops, frame.whyUnknown.write),
      driveWritesPerDay: unknown(page, "Azure publishes no endurance of local drives"),
      isEphemeral: true,
    },
    egressMbps: from(page, egressMbps), ingressMbps: unknown(networkThroughput, ingressNote),
    infinibandGbps: frame.infinibandGbps ?? from(page, 0, { note: "the page lists no InfiniBand" }),
    rdma: frame.rdma, isIsolated: frame.isIsolated ?? false, hasCapacityReservation: frame.hasCapacityReservation, availability: frame.availability,
    powerWatts: unknown(notBareMetal, "not of a cloud size"), rackUnits: unknown(notBareMetal, "not of a cloud size"), nicPorts: unknown(notBareMetal, "not of a cloud size"),
    notes: frame.notes,
  };
}

export const seriesOf = (frame: SeriesFrame, rows: readonly SizeRow[]): CatalogueSize[] => rows.map((row) => cloudSize(frame, row));

/** The size with a value replaced or a remark added; the rest as the table has it. */
export const amended = (sizes: readonly CatalogueSize[], name: string, amend: (size: CatalogueSize) => CatalogueSize): CatalogueSize[] => sizes.map((size) => (size.name === `Standard_${name}` ? amend(size) : size));
