import { describe, expect, it } from "vitest";
import type { ProtectionPolicy } from "@cynosure/model";
import { hostsNeeded, rawFactorOf, schemeOn, schemeStableFrom } from "./raw-factor.ts";

const UNIT = 4_096;
const copies = (hostFailures: number): ProtectionPolicy => ({ hostFailures, scheme: "replication" });
const chunks = (hostFailures: number): ProtectionPolicy => ({ hostFailures, scheme: "erasureCoding" });

describe("raw bytes per byte", () => {
  it("are the copies, or chunks over data chunks", () => {
    expect(schemeOn(copies(1), [], UNIT, 3)?.raw).toBe(3);
    expect(schemeOn(chunks(1), [], UNIT, 6)?.raw).toBe(1.5); // 4 + 2
    expect(schemeOn(chunks(1), [], UNIT, 4)?.raw).toBe(2); // 2 + 2: four hosts leave two data chunks
    expect(schemeOn(chunks(2), [], UNIT, 7)?.raw).toBe(1.75); // 4 + 3
  });

  it("grow with what allocation units waste on small files", () => {
    // 1 KB in units of 4,096 bytes, three copies: 4,096 x 3 / 1,000 = 12.288
    expect(rawFactorOf({ kind: "replication", copies: 3 }, [{ fileSizeKB: 1, byteFraction: 1 }], UNIT)).toBeCloseTo(12.288, 9);
    // 1 KB over 4 + 2 chunks: one unit in each of six: 4,096 x 6 / 1,000 = 24.576
    expect(rawFactorOf({ kind: "erasureCoding", dataChunks: 4, codingChunks: 2 }, [{ fileSizeKB: 1, byteFraction: 1 }], UNIT)).toBeCloseTo(24.576, 9);
    // Half the bytes in such files, half in files of 16,384 bytes that fill four units: (24.576 + 1.5) / 2
    expect(rawFactorOf({ kind: "erasureCoding", dataChunks: 4, codingChunks: 2 }, [{ fileSizeKB: 1, byteFraction: 0.5 }, { fileSizeKB: 16.384, byteFraction: 0.5 }], UNIT)).toBeCloseTo(13.038, 9);
  });

  it("are none on fewer hosts than the scheme needs", () => {
    expect(schemeOn(copies(2), [], UNIT, 3)).toBeNull();
    expect(schemeOn(chunks(1), [], UNIT, 3)).toBeNull();
    expect([hostsNeeded(copies(1)), hostsNeeded(copies(2)), hostsNeeded(chunks(1)), hostsNeeded(chunks(2))]).toEqual([3, 4, 4, 5]);
  });

  it("stay the same from four data chunks on", () => {
    expect([schemeStableFrom(copies(2)), schemeStableFrom(chunks(1)), schemeStableFrom(chunks(2))]).toEqual([4, 6, 7]);
  });
});

describe("what a read fetches from other hosts", () => {
  it("is the most that any milder protection would, so that protecting more never costs less", () => {
    // Five hosts: hostFailures 2 leaves 2 data chunks (1/2), hostFailures 1 would have 3 (2/3), 0 would have 4 (3/4).
    expect(schemeOn(chunks(2), [], UNIT, 5)?.readFromOthers).toBe(0.75);
    expect(schemeOn(chunks(2), [], UNIT, 7)?.readFromOthers).toBe(0.75);
    expect(schemeOn(copies(2), [], UNIT, 7)?.readFromOthers).toBe(0);
  });

  it("holds for making lost data again, too", () => {
    // 4 + 3 chunks: seven bytes read for each of a data chunk. Milder: 4 + 2 six, 4 + 1 five.
    expect(schemeOn(chunks(2), [], UNIT, 7)?.rebuildReads).toBe(7);
    expect(schemeOn(copies(2), [], UNIT, 7)?.rebuildReads).toBe(4);
  });
});
