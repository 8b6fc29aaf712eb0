// Join tokens: 32 random bytes, known in clear only to the host that boots with them. The store keeps
// the SHA-256, the host they are bound to and the hour they are good for.
import { createHash, randomBytes } from "node:crypto";
import type { Clock, ClusterKey, HostId } from "@cynosure/model";
import type { HostStore } from "@cynosure/resource-store";

export const joinTokenLifetimeMs = 3600 * 1000;

export const tokenSha256 = (token: string): string => createHash("sha256").update(token).digest("hex");

/** A new token for one host; may be called each time the host boots. */
export async function issueJoinToken(hosts: Pick<HostStore, "issueJoinToken">, clock: Pick<Clock, "now">, cluster: ClusterKey, host: HostId): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await hosts.issueJoinToken(cluster, host, tokenSha256(token), clock.now() + joinTokenLifetimeMs);
  return token;
}
