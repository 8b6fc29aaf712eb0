// Which requests are the gateway's: by host name, `<gatewayId>.<domain>`, or by path, `/clusters/<gatewayId>/api/…`. Decides
// nothing about who may; everything else is left to the listener.
import { createHash } from "node:crypto";

export const GATEWAY_DOMAIN = "gw.localhost";
const HASH_LENGTH = 8;
const NAME_LENGTH_MAX = 63 - 1 - HASH_LENGTH;

/** A name of DNS that says which cluster it is and that no other cluster has. */
export function gatewayIdOf(clusterName: string, clusterKey: string): string {
  const name = clusterName.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-").slice(0, NAME_LENGTH_MAX);
  return `${name}-${createHash("sha256").update(clusterKey).digest("hex").slice(0, HASH_LENGTH)}`;
}

export interface GatewayPlace {
  readonly gatewayId: string;
  /** What is left of the request's target: path and query as the client wrote them. */
  readonly target: string;
  /** What the engine's own origin is replaced by in answers. */
  readonly publicBase: string;
}

const HOST = /^(?<name>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?<port>:\d{1,5})?$/i;
const BELOW_CLUSTERS = /^\/clusters\/(?<gatewayId>[a-z0-9-]{1,63})(?<target>\/api(?:[/?].*)?)$/i;

/** Null: not the gateway's. A host name of the domain is the gateway's whatever its path. */
export function findGatewayPlace(host: string | undefined, url: string, domain: string): GatewayPlace | null {
  const parsed = HOST.exec(host ?? "");
  const name = parsed?.groups?.["name"]?.toLowerCase() ?? "";
  const port = parsed?.groups?.["port"] ?? "";
  if (name.endsWith(`.${domain}`)) return { gatewayId: name.slice(0, -domain.length - 1), target: url, publicBase: `https://${name}${port}` };
  const below = BELOW_CLUSTERS.exec(url)?.groups;
  if (below?.["gatewayId"] === undefined || below["target"] === undefined) return null;
  const gatewayId = below["gatewayId"].toLowerCase();
  return { gatewayId, target: below["target"], publicBase: name === "" ? "" : `https://${name}${port}/clusters/${gatewayId}` };
}
