// What one file system or bucket may ask for: limits of numbers, and wishes that contradict themselves.
import type { BucketPolicy, MetadataRates, RequirementFileSystem } from "@cynosure/model";
import { HOST_FAILURES_MAX } from "../loads/raised-protection.ts";
import type { NumberRule, Problems } from "./problem.ts";

/** 1 EB: the largest storage systems of today hold a tenth of it. */
export const CAPACITY_GB_MAX = 1_000_000_000;
/** 100 TB/s: the fastest of today read a tenth of it. */
export const THROUGHPUT_GBPS_MAX = 100_000;
const METADATA_PER_SECOND_MAX = 1_000_000_000;
const SHARES_TOLERANCE = 1e-6;

const capacity: NumberRule = { min: 0, isAboveMin: true, max: CAPACITY_GB_MAX, unit: "GB (1 EB)" };
const throughput: NumberRule = { min: 0, max: THROUGHPUT_GBPS_MAX, unit: "GB/s" };
const fraction: NumberRule = { min: 0, max: 1, unit: "" };

function checkThroughput(problems: Problems, path: string, asked: NonNullable<RequirementFileSystem["throughput"]>): void {
  problems.number(`${path}.readGBps`, asked.readGBps, throughput);
  problems.number(`${path}.writeGBps`, asked.writeGBps, throughput);
  if (asked.readGBps === 0 && asked.writeGBps === 0) problems.add(path, "A throughput of 0 both ways asks for nothing. Leave it out, or give readGBps or writeGBps more than 0.");
}

function checkMetadata(problems: Problems, path: string, rates: MetadataRates): void {
  for (const [name, rate] of Object.entries(rates)) problems.number(`${path}.${name}`, Number(rate), { min: 0, max: METADATA_PER_SECOND_MAX, unit: "a second" });
}

function checkFileSizes(problems: Problems, path: string, shares: RequirementFileSystem["fileSizes"]): void {
  for (const [k, share] of shares.entries()) {
    problems.number(`${path}[${k}].fileSizeKB`, share.fileSizeKB, { min: 0.001, max: 1_000_000_000_000, unit: "KB" });
    problems.number(`${path}[${k}].byteFraction`, share.byteFraction, { ...fraction, isAboveMin: true });
  }
  const sum = shares.reduce((total, share) => total + share.byteFraction, 0);
  if (shares.length > 0 && Math.abs(sum - 1) > SHARES_TOLERANCE) problems.add(path, `The byte fractions add up to ${Number(sum.toPrecision(6))}. Allowed: shares that add up to 1.`);
}

function checkProtection(problems: Problems, path: string, { hostFailures }: BucketPolicy["protection"]): void {
  problems.number(`${path}.hostFailures`, hostFailures, { min: 0, max: HOST_FAILURES_MAX, isWhole: true, unit: "hosts" });
}

export function checkFileSystem(problems: Problems, path: string, each: RequirementFileSystem): void {
  problems.number(`${path}.usableCapacityGB`, each.usableCapacityGB, capacity);
  if (each.dataPaths.length === 0) problems.add(`${path}.dataPaths`, "No client could reach this file system. Allowed: nfs, native, or both.");
  if (each.throughput !== null) checkThroughput(problems, `${path}.throughput`, each.throughput);
  checkFileSizes(problems, `${path}.fileSizes`, each.fileSizes);
  for (const directories of ["uniqueDirectories", "sharedDirectory"] as const) {
    const rates = each.metadata[directories];
    if (rates !== null) checkMetadata(problems, `${path}.metadata.${directories}`, rates);
  }
  checkProtection(problems, `${path}.protection`, each.protection);
  const { rackFailures, hostFailures } = each.protection;
  problems.number(`${path}.protection.rackFailures`, rackFailures, { min: 0, max: HOST_FAILURES_MAX, isWhole: true, unit: "racks" });
  if (rackFailures > hostFailures) problems.add(`${path}.protection.rackFailures`, `${rackFailures} racks hold at least ${rackFailures} hosts, and only ${hostFailures} may fail: copies follow hostFailures. Allowed: 0 to ${hostFailures}; or ask for more hostFailures.`);
  if (each.growth !== null) {
    problems.number(`${path}.growth.percentPerYear`, each.growth.percentPerYear, { min: 0, max: 1_000, unit: "%" });
    problems.number(`${path}.growth.years`, each.growth.years, { min: 0, max: 30, unit: "years" });
  }
  problems.number(`${path}.dutyFraction`, each.dutyFraction, fraction);
}

export const checkBucket = (problems: Problems, path: string, bucket: BucketPolicy): void => checkProtection(problems, `${path}.protection`, bucket.protection);
