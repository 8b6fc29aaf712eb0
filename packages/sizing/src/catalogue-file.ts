// A user's own sizes: checked, and put beside those of the catalogue. Each says whether it exists (`hypothetical`);
// what a file leaves out is unknown, never zero. A public size is replaced only where the file says so.
import type { Catalogue, CapabilityStatus, CatalogueSize, RegionList, SizingProblem, Sourced } from "@cynosure/model";
import { at, FieldReader, shown, type Fields, type NumberRange } from "./catalogue-fields.ts";

export const USER_SIZES_MAX = 500;

export interface UserSize {
  readonly size: CatalogueSize;
  /** Stands for the public size of the same name. */
  readonly replaces: boolean;
}

export type CatalogueFile = { readonly ok: true; readonly sizes: readonly UserSize[] } | { readonly ok: false; readonly problems: readonly SizingProblem[] };
export type MergedCatalogue = { readonly ok: true; readonly catalogue: Catalogue } | { readonly ok: false; readonly problems: readonly SizingProblem[] };

const NAME = { is: /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, words: "1 to 64 letters, digits, '_', '.' or '-', a letter first" };
const REGION = { is: /^[a-z0-9][a-z0-9-]{0,63}$/, words: "a region in small letters and digits, for example uksouth" };
const whole = (min: number, max: number): NumberRange => ({ min, max, isWhole: true });
const upTo = (max: number): NumberRange => ({ min: 0, max });

/** Every number a size may state, with what can be meant by it. */
const sizeNumbers = {
  vcpus: whole(1, 4_096), memoryGiB: { min: 1, max: 1_000_000 }, egressMbps: upTo(100_000_000), ingressMbps: upTo(100_000_000),
  infinibandGbps: upTo(100_000), powerWatts: { min: 1, max: 100_000 }, rackUnits: { min: 0.25, max: 60 }, nicPorts: whole(1, 64),
} as const satisfies Record<string, NumberRange>;
const driveNumbers = {
  count: whole(0, 1_000), driveGB: { min: 1, max: 1_000_000 }, readMBps: upTo(100_000_000), writeMBps: upTo(100_000_000),
  readIops: upTo(10_000_000_000), writeIops: upTo(10_000_000_000), driveWritesPerDay: upTo(100),
} as const satisfies Record<string, NumberRange>;

const sizeKeys = ["name", "hypothetical", "replaces", "substrate", "series", "role", "status", "source", "asOf", ...Object.keys(sizeNumbers), "rdma", "isIsolated", "hasCapacityReservation", "drives", "regions", "regionsComplete", "notes"];
const driveKeys = [...Object.keys(driveNumbers), "isEphemeral"];
const substrates = ["azure", "bareMetal"] as const;
const roles = ["storage", "client", "management"] as const;
const statuses: readonly CapabilityStatus[] = ["requested", "preview", "ga", "verified"];

/** `value` is what a YAML or JSON parser made of the file. */
export function parseCatalogueFile(value: unknown): CatalogueFile {
  const reader = new FieldReader();
  const file = reader.map(value, "", ["sizes"], ["sizes"]);
  const items = file === null || file["sizes"] === undefined ? [] : reader.list(file["sizes"], "sizes", USER_SIZES_MAX);
  const sizes = items.flatMap((item, k) => readSize(reader, item, `sizes[${k}]`) ?? []);
  const first = new Map<string, number>();
  sizes.forEach(({ size }, k) => {
    const before = first.get(size.name);
    if (size.name === "") return;
    if (before === undefined) first.set(size.name, k);
    else reader.report(`sizes[${k}].name`, `is ${shown(size.name)}, as in sizes[${before}]; give each its own name`);
  });
  return reader.problems.length > 0 ? { ok: false, problems: reader.problems } : { ok: true, sizes };
}

function readSize(reader: FieldReader, item: unknown, target: string): UserSize | null {
  const fields = reader.map(item, target, sizeKeys, ["name", "hypothetical", "substrate", "source", "asOf"]);
  if (fields === null) return null;
  const hypothetical = reader.truth(fields, "hypothetical", target);
  if (hypothetical === null && fields["hypothetical"] === null) reader.report(at(target, "hypothetical"), "is empty; say true for a size that does not exist, else false");
  const page: Page = { source: reader.text(fields, "source", target) ?? "", asOf: reader.date(fields, "asOf", target) ?? "" };
  const number = (key: keyof typeof sizeNumbers): Sourced<number> => stated(page, reader.number(fields, key, target, sizeNumbers[key]));
  const size: CatalogueSize = {
    name: reader.text(fields, "name", target, NAME) ?? "",
    substrate: reader.oneOf(fields, "substrate", target, substrates) ?? "azure",
    series: reader.text(fields, "series", target) ?? "of the user's file",
    role: reader.oneOf(fields, "role", target, roles) ?? "storage",
    hypothetical: hypothetical ?? true,
    status: reader.oneOf(fields, "status", target, statuses) ?? (hypothetical === false ? "ga" : "requested"),
    vcpus: number("vcpus"), memoryGiB: number("memoryGiB"), drives: readDrives(reader, fields, target, page),
    egressMbps: number("egressMbps"), ingressMbps: number("ingressMbps"), infinibandGbps: number("infinibandGbps"),
    rdma: stated(page, reader.truth(fields, "rdma", target)),
    isIsolated: reader.truth(fields, "isIsolated", target) ?? false,
    hasCapacityReservation: stated(page, reader.truth(fields, "hasCapacityReservation", target)),
    availability: readAvailability(reader, fields, target, page),
    powerWatts: number("powerWatts"), rackUnits: number("rackUnits"), nicPorts: number("nicPorts"),
    notes: readNotes(reader, fields, target),
  };
  return { size, replaces: reader.truth(fields, "replaces", target) ?? false };
}

interface Page {
  readonly source: string;
  readonly asOf: string;
}

const stated = <T>(page: Page, value: T | null): Sourced<T> => (value === null ? { value, ...page, note: "not stated in the user's file" } : { value, ...page });

function readDrives(reader: FieldReader, size: Fields, target: string, page: Page): CatalogueSize["drives"] {
  const drivesTarget = at(target, "drives");
  const fields = size["drives"] === undefined ? {} : (reader.map(size["drives"], drivesTarget, driveKeys, ["count", "driveGB", "isEphemeral"]) ?? {});
  const number = (key: keyof typeof driveNumbers): Sourced<number> => stated(page, reader.number(fields, key, drivesTarget, driveNumbers[key]));
  return {
    count: number("count"), driveGB: number("driveGB"), readMBps: number("readMBps"), writeMBps: number("writeMBps"), readIops: number("readIops"), writeIops: number("writeIops"),
    driveWritesPerDay: number("driveWritesPerDay"), isEphemeral: reader.truth(fields, "isEphemeral", drivesTarget) ?? true,
  };
}

function readAvailability(reader: FieldReader, fields: Fields, target: string, page: Page): RegionList[] {
  const isComplete = reader.truth(fields, "regionsComplete", target);
  if (fields["regions"] === undefined) {
    if (isComplete !== null) reader.report(at(target, "regionsComplete"), "says of a list that is not there whether it is complete; add regions");
    return [];
  }
  const regions = reader.list(fields["regions"], at(target, "regions"), 200).flatMap((region, k) => reader.textValue(region, `${target}.regions[${k}]`, REGION) ?? []);
  return [{ regions, isComplete: isComplete ?? false, ...page }];
}

const readNotes = (reader: FieldReader, fields: Fields, target: string): string[] => (fields["notes"] === undefined ? [] : reader.list(fields["notes"], at(target, "notes"), 20).flatMap((note, k) => reader.textValue(note, `${target}.notes[${k}]`) ?? []));

/** The catalogue with the user's sizes; a name that is public needs `replaces: true`, and `replaces` a name that is public. */
export function mergeCatalogue(catalogue: Catalogue, sizes: readonly UserSize[]): MergedCatalogue {
  const known = new Set(catalogue.sizes.map((size) => size.name));
  const problems = sizes.flatMap(({ size, replaces }, k): SizingProblem[] => {
    if (replaces === known.has(size.name)) return [];
    return replaces
      ? [{ target: `sizes[${k}].replaces`, message: `is true, and the catalogue has no size ${size.name}; leave it out` }]
      : [{ target: `sizes[${k}].name`, message: `is ${size.name}, which is a public size; give it another name, or say replaces: true` }];
  });
  if (problems.length > 0) return { ok: false, problems };
  const replaced = new Map(sizes.filter((each) => each.replaces).map(({ size }) => [size.name, { ...size, notes: [...(size.notes ?? []), "Replaces the public size of this name, as the user's file says."] }]));
  const kept = catalogue.sizes.map((size) => replaced.get(size.name) ?? size);
  const added = sizes.filter((each) => !each.replaces).map(({ size }) => size);
  const asOf = sizes.reduce((newest, { size }) => (size.vcpus.asOf > newest ? size.vcpus.asOf : newest), catalogue.asOf);
  return { ok: true, catalogue: { ...catalogue, asOf, sizes: [...kept, ...added] } };
}
