// One NFS gateway as a client sees it: NFS v4 by libnfs' `nfs-cp` from the host image (nothing need be
// installed on the machine), over the loopback relay. Files pass through a scratch directory of ours.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StorageGateway } from "./round-trip.ts";

const PROBE_TIMEOUT_MS_MAX = 10_000;
const COPY_TIMEOUT_MS_MAX = 60_000;

/** Where a tool of the image sees the directory it may write to. */
export const TOOL_DIR = "/tmp/work";

/** Runs a tool of the host image; `dir` of the machine is its TOOL_DIR. Handed in by `up`. */
export type ToolRunner = (argv: readonly string[], options: { readonly dir: string; readonly timeoutMsMax: number }) => Promise<{ readonly code: number; readonly stderr: string }>;

export interface NfsEndpoint {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** `nfs://…` as libnfs reads it; also what people paste. */
export const nfsUrl = (endpoint: NfsEndpoint, exportPath: string, name = ""): string =>
  `nfs://${endpoint.address}${exportPath}${name === "" ? "/" : `/${name}`}?version=4&nfsport=${endpoint.port}`;

export function nfsGateway(endpoint: NfsEndpoint, exportPath: string, tools: ToolRunner, scratchParent: string): StorageGateway {
  const copy = async (from: string, to: string, dir: string): Promise<void> => {
    const result = await tools(["nfs-cp", from, to], { dir, timeoutMsMax: COPY_TIMEOUT_MS_MAX });
    if (result.code !== 0) throw new Error(`nfs-cp ${from} ${to} ended with ${result.code}: ${result.stderr.trim().slice(-300)}`);
  };
  const withScratch = async <T>(work: (dir: string) => Promise<T>): Promise<T> => {
    const dir = await mkdtemp(join(scratchParent, "nfs-"));
    try {
      return await work(dir);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  };
  return {
    label: `${endpoint.name} (${endpoint.address}:${endpoint.port})`,
    write: (name, bytes) =>
      withScratch(async (dir) => {
        await writeFile(join(dir, "out"), bytes);
        await copy(`${TOOL_DIR}/out`, nfsUrl(endpoint, exportPath, name), dir);
      }),
    read: (name) =>
      withScratch(async (dir) => {
        await copy(nfsUrl(endpoint, exportPath, name), `${TOOL_DIR}/in`, dir);
        return readFile(join(dir, "in"));
      }),
    probe: () =>
      withScratch(async (dir) => {
        const result = await tools(["nfs-ls", nfsUrl(endpoint, exportPath)], { dir, timeoutMsMax: PROBE_TIMEOUT_MS_MAX });
        if (result.code !== 0) throw new Error(`nfs-ls ended with ${result.code}: ${result.stderr.trim().slice(-300)}`);
      }),
  };
}
