// `cynosure catalogue sizes` as lines: all of a role in a table, or one size with each value's source.
import type { CatalogueSize, Sourced } from "@cynosure/model";
import { formatTable } from "../output.ts";
import { labelled, number, right, sentences, sourcedLines, SourceNumbers } from "./sourced-lines.ts";

const UNKNOWN = "-";
const PREFIX = "Standard_";

const mark = (value: Sourced<number>): string => (value.conflicts === undefined ? "" : "*");
const cell = (value: Sourced<number>, factor = 1): string => (value.value === null ? UNKNOWN : `${number(Number((value.value * factor).toPrecision(4)))}${mark(value)}`);

function drivesCell({ count, driveGB }: CatalogueSize["drives"]): string {
  if (count.value === 0) return "none";
  return count.value === null || driveGB.value === null ? UNKNOWN : `${count.value} x ${number(driveGB.value / 1000)}${mark(count)}`;
}

const shortName = (size: CatalogueSize): string => `${size.name.startsWith(PREFIX) ? size.name.slice(PREFIX.length) : size.name}${size.hypothetical ? " (!)" : ""}`;

export function describeSizes(sizes: readonly CatalogueSize[]): string[] {
  const header = ["size", "vCPUs", "GiB", "drives, TB", "read", "write", "egress", "regions"];
  const rows = sizes.map((size) => [shortName(size), cell(size.vcpus), cell(size.memoryGiB), drivesCell(size.drives), cell(size.drives.readMBps, 1 / 1000), cell(size.drives.writeMBps, 1 / 1000), cell(size.egressMbps, 1 / 1000), regionsCell(size)]);
  const [first = header, ...rest] = right([header, ...rows], [1, 2, 3, 4, 5, 6, 7]);
  return [
    ...formatTable(first, rest),
    "",
    ...sentences(
      [
        "Names of Azure sizes have Standard_ in front. read, write: GB/s of all drives of a host, writes on clean drives; egress: Gb/s; regions: how many are known, others may have it too.",
        `${UNKNOWN} unknown, * sources contradict each other and the cautious value counts${sizes.some((size) => size.hypothetical) ? ", (!) does not exist" : ""}. \`cynosure catalogue sizes NAME\` shows where each value is from.`,
      ],
      "",
    ),
  ];
}

function regionsCell(size: CatalogueSize): string {
  const known = new Set(size.availability.flatMap((list) => list.regions)).size;
  return size.substrate === "bareMetal" ? "" : known === 0 ? UNKNOWN : String(known);
}

export function describeSize(size: CatalogueSize): string[] {
  const { drives } = size;
  const numbers = new SourceNumbers();
  const line = sourcedLines(numbers);
  return [
    `${size.name}: ${size.series}, ${size.role}, ${size.status}${size.hypothetical ? ", HYPOTHETICAL: this size does not exist" : ""}${size.isIsolated ? ", isolated" : ""}`,
    "",
    ...line("vCPUs", size.vcpus), ...line("memory", size.memoryGiB, "GiB"),
    ...line("drives", drives.count), ...line("a drive", drives.driveGB, "GB"), labelled("drives are ephemeral", drives.isEphemeral ? "yes: a deallocated host loses its data" : "no"),
    ...line("drives, read", drives.readMBps, "MB/s"), ...line("drives, write", drives.writeMBps, "MB/s"), ...line("drives, reads", drives.readIops, "a second"), ...line("drives, writes", drives.writeIops, "a second"),
    ...line("drive writes a day", drives.driveWritesPerDay),
    ...line("egress", size.egressMbps, "Mb/s"), ...line("ingress", size.ingressMbps, "Mb/s"), ...line("InfiniBand", size.infinibandGbps, "Gb/s"), ...line("RDMA", size.rdma),
    ...line("capacity reservation", size.hasCapacityReservation),
    ...(size.substrate === "bareMetal" ? [...line("power", size.powerWatts, "W"), ...line("rack units", size.rackUnits), ...line("NIC ports", size.nicPorts)] : []),
    ...size.availability.flatMap((list) => ["", `regions ${numbers.of(list)} (${list.isComplete ? "all there are" : "others may have it too"})`, ...sentences([list.regions.join(" ")], "    ")]),
    ...((size.notes ?? []).length === 0 ? [] : ["", "remarks", ...sentences(size.notes ?? [], "    ")]),
    ...numbers.lines(),
  ];
}
