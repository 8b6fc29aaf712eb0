// The mock's part of the demonstration: hosts that are killed and restored, a live client that counts, what the engine
// says of fill and rates, and the doctor. Numbers come from the clock alone, so that a picture looks the same each time.
import type { ClusterHost, ClusterMetrics, DoctorReport, HostFault, LiveClientReport } from "@cynosure/contract";

const wave = (index: number, low: number, high: number): number => Math.round((low + (high - low) * (0.5 + 0.5 * Math.sin(index / 7))) * 10) / 10;

export function mockMetrics(nowMs: number): ClusterMetrics {
  const samples = Array.from({ length: 120 }, (_, index) => ({
    at: new Date(nowMs - (119 - index) * 30_000).toISOString(),
    readMBps: wave(index, 60, 140),
    writeMBps: wave(index + 9, 30, 70),
    readOps: Math.round(wave(index, 800, 1_900)),
    writeOps: Math.round(wave(index + 9, 300, 900)),
    usedBytes: 9_000_000_000 + index * 12_000_000,
    rawBytes: 32_000_000_000,
    readLatencyMs: wave(index, 0.4, 1.8),
    writeLatencyMs: wave(index + 9, 0.9, 3.6),
  })).filter((_, index) => index < 70 || index >= 78); // nobody answered for four minutes
  return {
    isSimulated: false,
    samples,
    latencyOf: "request",
    capacity: {
      rawBytes: 32_000_000_000,
      usedBytes: 10_428_000_000,
      byProtection: [
        { name: "cephfs.data", kind: "fileSystem", protection: { hostFailures: 1, scheme: "replication" }, usedBytes: 3_100_000_000, usableBytes: 11_000_000_000 },
        { name: "rgw.data", kind: "bucket", protection: { hostFailures: 2, scheme: "replication" }, usedBytes: 1_200_000_000, usableBytes: 7_400_000_000 },
      ],
    },
  };
}

export function mockLiveClient(nowMs: number, startedMs: number | undefined, isRunning: boolean): LiveClientReport {
  if (startedMs === undefined) return { isRunning: false, samples: [], bytesWritten: 0, bytesRead: 0, objectsVerified: 0, corruptObjects: 0, longestStallMs: 0 };
  const samples = Array.from({ length: 120 }, (_, index) => {
    const isStalled = index > 60 && index < 66;
    return { at: new Date(nowMs - (119 - index) * 1_000).toISOString(), readMBps: isStalled ? 0 : wave(index, 20, 30), writeMBps: isStalled ? 0 : wave(index + 5, 10, 16), longestStallMs: isStalled ? (index - 60) * 1_000 : 40 };
  });
  return { isRunning, protocol: "s3", startedAt: new Date(startedMs).toISOString(), samples, bytesWritten: 1_640_000_000, bytesRead: 2_980_000_000, objectsVerified: 11_920, corruptObjects: 0, longestStallMs: 5_200, lastError: "connect ECONNREFUSED 127.0.0.1:20492; tried again at the other gateway" };
}

/** The host as it is with that fault. */
export const withFault = (host: ClusterHost, fault: HostFault): ClusterHost => ({
  ...host,
  properties: { ...host.properties, fault, power: fault === "killed" ? "off" : "on", daemons: host.properties.daemons.map((daemon) => ({ ...daemon, state: fault === "none" ? "running" : "failed" })) },
});

export const mockDoctor: DoctorReport = {
  findings: [
    { name: "rung", status: "ok", found: "rung a: root with network, PID and mount namespaces" },
    { name: "disk-space", status: "warning", found: "11 GB are free where the data directory is; a cluster of eight hosts may take 32 GB", remedy: "free some space, or give another folder by --data-dir" },
    { name: "host-image", status: "ok", found: "the host image ceph-18.2.7 is whole" },
    { name: "leftovers", status: "unknown", found: "the mounts of other installations cannot be read", remedy: "run cynosure doctor on the machine as root" },
  ],
};
