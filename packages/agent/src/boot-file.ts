// The boot file a substrate leaves for the agent: who the host is and how it proves that. Read anew each
// time it is needed, because a host that boots again gets a new token.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The same document as `HostBoot` of the substrate port; the agent does not import ports. */
export interface BootFile {
  readonly clusterKey: string;
  readonly hostId: string;
  readonly joinToken: string;
  readonly caPem: string;
  readonly gatewayUrl: string;
}

export type BootRead = { readonly ok: true; readonly boot: BootFile } | { readonly ok: false; readonly problem: string };

export function readBootFile(stateDir: string): BootRead {
  const path = join(stateDir, "boot.json");
  const refuse = (reason: string): BootRead => ({ ok: false, problem: `boot file ${path} ${reason}; create the host again to get a new one` });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return refuse(`cannot be read (${error instanceof Error && "code" in error ? String(error.code) : "unknown reason"})`);
  }
  return parseBootFile(text, refuse);
}

function parseBootFile(text: string, refuse: (reason: string) => BootRead): BootRead {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("is not JSON");
  }
  if (typeof value !== "object" || value === null) return refuse("is not an object");
  const fields = value as Readonly<Record<string, unknown>>; // `as`: an object may be asked for whatever name
  const { clusterKey, hostId, joinToken, caPem, gatewayUrl } = fields;
  if (typeof clusterKey !== "string" || typeof hostId !== "string" || typeof joinToken !== "string" || typeof caPem !== "string" || typeof gatewayUrl !== "string") {
    return refuse("lacks clusterKey, hostId, joinToken, caPem or gatewayUrl");
  }
  if (parseGatewayUrl(gatewayUrl) === null) return refuse("names a gatewayUrl that is neither unix:/path nor https://host:port");
  return { ok: true, boot: { clusterKey, hostId, joinToken, caPem, gatewayUrl } };
}

export type GatewayAddress = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export function parseGatewayUrl(url: string): GatewayAddress | null {
  if (url.startsWith("unix:/")) return { socketPath: url.slice("unix:".length) };
  const match = /^https:\/\/([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?\/?$/.exec(url);
  return match?.[1] === undefined ? null : { host: match[1].replace(/^\[|\]$/g, ""), port: Number(match[2] ?? 443) };
}
