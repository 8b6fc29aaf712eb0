// The object side: zone, S3 user and buckets. The gateways' own tool and a signed S3 request run on a host
// with a gateway, next to the key they need; no key travels in a request.
import type { EngineCall } from "@cynosure/engine";
import { doneVoid, waiting, type EngineAction, type HostId, type StepResult } from "@cynosure/model";
import { parseBucket, parseRemovedBucket } from "../layout/action-params.ts";
import { S3_PORT } from "../layout/paths.ts";
import { awaitAnswer, hostsRunning, isAway, type Answer } from "./cluster-link.ts";
import { readStatus } from "./cluster-status.ts";

const TOOL_REQUEST_TIMEOUT_MS = 8_000;
const S3_REQUEST_TIMEOUT_MS = 8_000;

const removedOutput = (name: string, incarnation: number): string => `removed/bucket/${name}/${incarnation}`;

/** Long-running tools are begun on one host and asked after there, so the host may not change between calls. */
async function runTool(call: EngineCall, operation: Readonly<Record<string, unknown>>, waitingOn: string): Promise<StepResult> {
  for (const host of hostsRunning(call, "rgw")) {
    const answer = await call.channel.request(host, "ceph.radosgwAdmin", { ...operation, gateway: host }, TOOL_REQUEST_TIMEOUT_MS);
    if (answer.ok) {
      const state = (answer.value as { state?: unknown } | null)?.state; // compared with the two known words below
      return state === "done" ? doneVoid : waiting(waitingOn, 100);
    }
    if (!isAway(answer.error.code)) return awaitAnswer(answer.error, waitingOn);
  }
  return waiting("a host with an object gateway", 500);
}

/** A tool that starts while OSDs are still coming may wait in its own retries long after they are there. */
export async function ensureObjectGateway(call: EngineCall): Promise<StepResult> {
  const status = await readStatus(call);
  if (!status.ok) return awaitAnswer(status, "monitors to answer");
  const { hasManager, placementGroups, placementGroupsActive } = status.value;
  if (!hasManager) return waiting("a manager to become active", 200);
  if (placementGroups === 0 || placementGroupsActive < placementGroups) return waiting(`${placementGroupsActive} of ${placementGroups} placement groups to become active`, 200);
  return runTool(call, { operation: "configureZone" }, "the object gateway's tool");
}

async function askS3(call: EngineCall, operation: Readonly<Record<string, unknown>>): Promise<Answer<unknown>> {
  let last: Answer<unknown> = { ok: false, code: "HostUnreachable", message: "no host of this cluster runs an object gateway" };
  for (const host of hostsRunning(call, "rgw")) {
    const response = await call.channel.request(host, "ceph.s3", { ...operation, endpoint: endpointOf(call, host) }, S3_REQUEST_TIMEOUT_MS);
    if (response.ok) return response;
    last = { ok: false, ...response.error };
    if (!isAway(response.error.code) && response.error.code !== "S3Unreachable") return last;
  }
  return last;
}

const endpointOf = (call: EngineCall, host: HostId): string => `http://${call.addresses[host] ?? "127.0.0.1"}:${S3_PORT}`;

export async function ensureBucket(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const wish = parseBucket(action.params);
  const answer = await askS3(call, { operation: "ensureBucket", bucket: wish.name, placement: wish.protection });
  if (!answer.ok) return answer.code === "S3Unreachable" ? waiting("an object gateway to serve", 250) : awaitAnswer(answer, "a host with an object gateway");
  await call.vault.putOutput(removedOutput(wish.name, wish.incarnation), "no");
  return doneVoid;
}

/** Removes the bucket with everything in it, once: a bucket that a user makes later under this name is not ours to touch. */
export async function removeBucket(call: EngineCall, action: EngineAction): Promise<StepResult> {
  const gone = parseRemovedBucket(action.params);
  const mark = removedOutput(gone.name, gone.incarnation);
  if ((await call.vault.readOutput(mark)) === "yes") return doneVoid;
  const result = await runTool(call, { operation: "removeBucket", bucket: gone.name }, `objects of bucket ${gone.name} to be removed`);
  if (result.kind === "done") await call.vault.putOutput(mark, "yes");
  return result;
}
