// clusters/hosts/kill, cutLink and restore: faults brought upon hosts of a local cluster, to see what becomes of it.
// Any control plane of the installation may do it: the substrate keeps what was asked for, so that nobody who
// watches over hosts undoes it, and `restore` takes it back.
import { CLUSTER_TYPE } from "@cynosure/arm-store";
import type { OurHandlers } from "@cynosure/arm-store";
import type { RequestContext } from "@cynosure/arm-protocol";
import type { ClusterHost } from "@cynosure/contract";
import { ControlPlaneError, clusterKey, hostId } from "@cynosure/model";
import type { HostId, StepResult } from "@cynosure/model";
import type { StoredResource, Transaction } from "@cynosure/resource-store";
import type { PowerAction, SubstrateCall } from "@cynosure/substrate";
import { auditedAction } from "./audited-action.ts";
import { readCluster } from "./clusters.ts";
import { readHost } from "./hosts.ts";
import type { HostParams } from "./hosts.ts";
import type { ResourceProvidersOptions, SubstrateOffer } from "./options.ts";
import { asCluster } from "./stored-resources.ts";

type Fault = "kill" | "cutLink" | "restore";

/** `restore` undoes both, whichever it was: the link first, so that the host finds its network when it starts. */
const powerActions: Readonly<Record<Fault, readonly PowerAction[]>> = { kill: ["off"], cutLink: ["cutLink"], restore: ["restoreLink", "on"] };
const ATTEMPTS_MAX = 20;

/** The local substrate of the cluster; 409 for hosts of any other. */
export function requireLocal(options: ResourceProvidersOptions, row: StoredResource, what: string): SubstrateOffer {
  const { substrate } = asCluster(row);
  const { local } = options.substrates;
  if (substrate !== "local") throw new ControlPlaneError("OperationNotAllowed", `${what} is there for local clusters alone, and cluster '${row.name}' is on the substrate '${substrate}'. Ask a cluster with substrate 'local'.`, { target: row.id });
  if (local === undefined) throw new ControlPlaneError("ServiceUnavailable", `This control plane has no local substrate, so it cannot reach the hosts of cluster '${row.name}'. Ask the one that delivered it.`, { target: row.id });
  return local;
}

function refusal(result: Exclude<StepResult, { kind: "done" }>, target: string): ControlPlaneError {
  if (result.kind === "failed") return new ControlPlaneError("OperationNotAllowed", result.error.message, { target });
  const why = result.kind === "retry" ? result.cause.message : `it waits for ${result.waitingOn}`;
  return new ControlPlaneError("ServiceUnavailable", `The host did not obey in time: ${why}. Try again.`, { target });
}

interface FaultRequest {
  readonly options: ResourceProvidersOptions;
  readonly row: StoredResource;
  readonly host: HostId;
  readonly fault: Fault;
  readonly target: string;
}

async function obey({ options, row, host, fault, target }: FaultRequest, tx: Transaction): Promise<void> {
  const local = requireLocal(options, row, `'${fault}' of a host`);
  const key = clusterKey(row.key);
  const record = await options.store.plans.target(key, tx);
  const isThere = (await local.observe(key)).some((each) => each.hostId === host);
  if (record === null || !isThere) throw new ControlPlaneError("OperationNotAllowed", `Host '${host}' of cluster '${row.name}' has not been made yet. Wait until the cluster was created, then try again.`, { target });
  const call: SubstrateCall = { clusterKey: key, installationId: options.config.installationId, generation: record.plan.generation, executorEpoch: await options.store.plans.epoch(key, tx) };
  for (const action of powerActions[fault]) {
    let result = await local.power(call, host, action);
    for (let attempt = 1; result.kind !== "done" && result.kind !== "failed" && attempt < ATTEMPTS_MAX; attempt++) {
      await options.clock.sleep(result.afterMs);
      result = await local.power(call, host, action);
    }
    if (result.kind !== "done") throw refusal(result, target);
  }
}

async function bring(options: ResourceProvidersOptions, fault: Fault, params: HostParams, context: RequestContext): Promise<{ readonly status: 200; readonly body: ClusterHost }> {
  const row = await readCluster(options, params);
  const { id = row.id, name = params.hostName } = await readHost(options, row, params);
  await auditedAction(options, context, { action: `${CLUSTER_TYPE}/hosts/${fault}/action`, resourceId: id }, (tx) => obey({ options, row, host: hostId(name), fault, target: id }, tx));
  return { status: 200, body: await readHost(options, row, params) };
}

export function hostFaultHandlers(options: ResourceProvidersOptions): Pick<OurHandlers, "Hosts_Kill" | "Hosts_CutLink" | "Hosts_Restore"> {
  return {
    Hosts_Kill: ({ params, context }) => bring(options, "kill", params, context),
    Hosts_CutLink: ({ params, context }) => bring(options, "cutLink", params, context),
    Hosts_Restore: ({ params, context }) => bring(options, "restore", params, context),
  };
}
