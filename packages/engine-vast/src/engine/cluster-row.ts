// The one cluster of a management server, and its hosts by address.
import type { EngineCall } from "@cynosure/engine";
import type { HostId } from "@cynosure/model";
import type { NodeParams } from "../layout/action-params.ts";
import { textOf, type Row } from "./rows.ts";
import type { Vms } from "./vms.ts";

/** Null before it is created. */
export const readCluster = async (vms: Vms): Promise<Row | null> => (await vms.list("/clusters/"))[0] ?? null;

export interface Node extends NodeParams {
  readonly ip: string;
}

/** `missing` names hosts of which no address is known. */
export function nodesWithAddresses({ addresses }: EngineCall, nodes: readonly NodeParams[]): { readonly nodes: readonly Node[]; readonly missing: readonly HostId[] } {
  const known = nodes.flatMap((node): Node[] => {
    const ip = addresses[node.hostId];
    return ip === undefined ? [] : [{ ...node, ip }];
  });
  return { nodes: known, missing: nodes.filter(({ hostId }) => addresses[hostId] === undefined).map(({ hostId }) => hostId) };
}

/** Discovered hosts by their address. */
export const hostsByIp = async (vms: Vms): Promise<ReadonlyMap<string, Row>> => new Map((await vms.list("/hosts/")).map((row) => [textOf(row, "ip"), row]));

export const isInCluster = (host: Row | undefined): boolean => host !== undefined && host["cluster_id"] !== null && host["cluster_id"] !== undefined && host["cluster_id"] !== "";
