// Who an agent is: the one URI in its certificate. Pure text in both directions.
import { clusterKey, hostId } from "@cynosure/model";
import type { ClusterKey, HostId } from "@cynosure/model";

export interface HostIdentity {
  readonly clusterKey: ClusterKey;
  readonly hostId: HostId;
}

/** Host names are labels: they go into paths, certificates and host names. */
export const isHostName = (text: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
/** A lower-cased ARM id; long enough for any and short enough for a certificate. */
export const isClusterKey = (text: string): boolean => /^\/[a-z0-9/._()-]{1,1000}$/.test(text);

/** `cynosure://host/<clusterKey>/<hostId>`; the key is percent-encoded because it holds slashes itself. */
export const identityUri = (identity: HostIdentity): string => `cynosure://host/${encodeURIComponent(identity.clusterKey)}/${identity.hostId}`;

export function parseIdentityUri(uri: string): HostIdentity | null {
  const match = /^cynosure:\/\/host\/([A-Za-z0-9%._()-]+)\/([a-z0-9-]+)$/.exec(uri);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  let key: string;
  try {
    key = decodeURIComponent(match[1]);
  } catch {
    return null;
  }
  return isClusterKey(key) && isHostName(match[2]) ? { clusterKey: clusterKey(key), hostId: hostId(match[2]) } : null;
}
