// Proves a delivered cluster: a file through its NFS gateways and an object through its S3 gateways, with
// SHA-256 compared, and what the last start wrote read back first. Endpoints and keys come from the ARM API.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { ToolRunner } from "../verification/nfs-gateway.ts";
import { nfsGateway } from "../verification/nfs-gateway.ts";
import type { Fault, RoundTripResult, StorageGateway, WrittenItem } from "../verification/round-trip.ts";
import { verifyRoundTrip } from "../verification/round-trip.ts";
import { s3Gateway } from "../verification/s3-gateway.ts";
import { readVerificationRecord, writeVerificationRecord } from "../verification/verification-record.ts";
import type { Verified } from "./ready-line.ts";

const FILE_SIZE_BYTES = 8 * 1_048_576;
/** Over the 45 s after which an agent gives up on a gateway that does not listen and starts a fresh one. */
const GATEWAY_START_MS_MAX = 120_000;
const PROBE_PAUSE_MS = 250;

export interface VerifyContext {
  readonly arm: Arm;
  readonly cluster: Cluster;
  readonly dataDir: string;
  readonly tools: ToolRunner;
  /** Distinguishes this run's file and object from earlier ones. */
  readonly runName: string;
  readonly fault: Fault;
  readonly note: (line: string) => void;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** A file system or bucket that nobody asked for is not verified: null. */
export async function verifyCluster(context: VerifyContext): Promise<Verified> {
  const recordPath = join(context.dataDir, "verification.json");
  const clusterId = (context.cluster.id ?? "").toLowerCase();
  const earlier = await readVerificationRecord(recordPath, clusterId);
  const nfs = await nfsPart(context, earlier?.nfs ?? null);
  const s3 = await s3Part(context, earlier?.s3 ?? null);
  for (const line of [...(nfs?.lines ?? []), ...(s3?.lines ?? [])]) context.note(`  ${line}`);
  const keep = (result: RoundTripResult | null, before: WrittenItem | null): WrittenItem | null => result?.written ?? before;
  await writeVerificationRecord(recordPath, { clusterId, nfs: keep(nfs, earlier?.nfs ?? null), s3: keep(s3, earlier?.s3 ?? null) });
  return { nfs: nfs?.isVerified ?? null, s3: s3?.isVerified ?? null };
}

async function nfsPart(context: VerifyContext, earlier: WrittenItem | null): Promise<RoundTripResult | null> {
  const { arm, cluster, dataDir, tools } = context;
  const { subscriptionId, resourceGroupName } = arm.scope;
  const clusterName = cluster.name ?? "";
  const list = (await arm.send("FileSystems_ListByCluster", { subscriptionId, resourceGroupName, clusterName }, undefined)).body;
  const fileSystem = list.value.find((each) => each.properties.protocols.includes("nfs"));
  if (fileSystem === undefined) return null;
  const { mountPath } = fileSystem.properties;
  if (mountPath === undefined) throw new CommandError(ExitCode.failed, `file system ${fileSystem.name} has no mount path yet`);
  const scratch = join(dataDir, "scratch");
  mkdirSync(scratch, { recursive: true });
  const gateways = endpointsOf(cluster, "nfs").map((endpoint) => nfsGateway(endpoint, mountPath, tools, scratch));
  return roundTrip(context, `file on ${fileSystem.name}`, gateways, earlier);
}

async function s3Part(context: VerifyContext, earlier: WrittenItem | null): Promise<RoundTripResult | null> {
  const { arm, cluster } = context;
  const params = { subscriptionId: arm.scope.subscriptionId, resourceGroupName: arm.scope.resourceGroupName, clusterName: cluster.name ?? "" };
  const bucket = (await arm.send("Buckets_ListByCluster", params, undefined)).body.value[0]?.name;
  if (bucket === undefined) return null;
  const keys = (await arm.send("Clusters_ListCredentials", params, undefined)).body.s3;
  const gateways = endpointsOf(cluster, "s3").map((endpoint) => s3Gateway(endpoint, bucket, keys));
  return roundTrip(context, `object in ${bucket}`, gateways, earlier);
}

const endpointsOf = (cluster: Cluster, protocol: string) => (cluster.properties.endpoints ?? []).filter((endpoint) => endpoint.protocol === protocol).toSorted((a, b) => a.name.localeCompare(b.name));

async function roundTrip(context: VerifyContext, what: string, gateways: readonly StorageGateway[], earlier: WrittenItem | null): Promise<RoundTripResult> {
  for (const gateway of gateways) await waitForGateway(context, gateway);
  const name = `cynosure-verify-${context.runName}`;
  return verifyRoundTrip({ what, gateways, name, seed: name, sizeBytes: FILE_SIZE_BYTES, earlier, fault: context.fault });
}

/** A gateway that never serves is left to the round trip, which says what is wrong with it. */
async function waitForGateway(context: VerifyContext, gateway: StorageGateway): Promise<void> {
  const deadline = context.nowMs() + GATEWAY_START_MS_MAX;
  while (context.nowMs() < deadline) {
    context.signal.throwIfAborted();
    try {
      await gateway.probe();
      return;
    } catch {
      await sleep(PROBE_PAUSE_MS, undefined, { signal: context.signal });
    }
  }
}
