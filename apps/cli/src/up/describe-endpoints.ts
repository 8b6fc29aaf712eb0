// The endpoints and the commands people paste. Every line is built from what the ARM API answered and from
// where the data directory is, so it works as printed from the checkout.
import { apiVersion } from "@cynosure/sdk";
import type { Cluster } from "@cynosure/sdk";
import type { Arm } from "../arm.ts";
import { nfsUrl } from "../verification/nfs-gateway.ts";
import { realityMark, storesNothing } from "../reality.ts";

export interface EndpointsInput {
  readonly clusterName: string;
  readonly isSimulated: boolean;
  readonly isEmulated?: boolean | undefined;
  readonly endpoints: readonly { readonly name: string; readonly protocol: string; readonly host: string; readonly address: string; readonly port: number }[];
  readonly fileSystems: readonly { readonly name: string; readonly mountPath: string }[];
  readonly buckets: readonly string[];
  /** The built-in command, for example `npx cynosure`. */
  readonly cynosure: string;
  /** Runs a tool of the host image, for example `bwrap … nfs-ls`; null when there is no image. */
  readonly imageTool: ((argv: string) => string) | null;
  readonly armUrl: string;
  readonly caPath: string;
  readonly clusterId: string;
  readonly apiVersion: string;
}

export function describeEndpoints(input: EndpointsInput): string[] {
  const lines = [`${realityMark(input)}Endpoints of ${input.clusterName}`];
  for (const endpoint of input.endpoints) lines.push(`  ${endpoint.name.padEnd(12)} ${`${endpoint.protocol}://${endpoint.address}:${endpoint.port}`.padEnd(28)} on ${endpoint.host}`);
  lines.push(`  ${"arm".padEnd(12)} ${input.armUrl}`);
  lines.push("", "Try");
  lines.push(`  ${input.cynosure} cluster show ${input.clusterName}`, `  ${input.cynosure} host list --cluster ${input.clusterName}`);
  if (!storesNothing(input)) lines.push(...s3Commands(input), ...nfsCommands(input));
  lines.push(...armCommands(input));
  return lines;
}

function s3Commands(input: EndpointsInput): string[] {
  const s3 = input.endpoints.find((endpoint) => endpoint.protocol === "s3");
  const bucket = input.buckets[0];
  if (s3 === undefined || bucket === undefined) return [];
  return [
    `  S3_KEYS=$(${input.cynosure} cluster s3-keys ${input.clusterName})`,
    `  curl --aws-sigv4 aws:amz:us-east-1:s3 --user "$S3_KEYS" \\`,
    `    -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" \\`,
    `    "http://${s3.address}:${s3.port}/${bucket}?list-type=2"`,
  ];
}

function nfsCommands(input: EndpointsInput): string[] {
  const nfs = input.endpoints.find((endpoint) => endpoint.protocol === "nfs");
  const fileSystem = input.fileSystems[0];
  if (nfs === undefined || fileSystem === undefined) return [];
  const lines = [`  sudo mount -t nfs4 -o port=${nfs.port} ${nfs.address}:${fileSystem.mountPath} /mnt   # needs a kernel with NFS`];
  if (input.imageTool !== null) lines.push(`  ${input.imageTool(`nfs-ls '${nfsUrl(nfs, fileSystem.mountPath)}'`)}`);
  return lines;
}

function armCommands(input: EndpointsInput): string[] {
  const url = `${input.armUrl}${input.clusterId}?api-version=${input.apiVersion}`;
  return [
    `  TOKEN=$(${input.cynosure} login --print-token)`,
    `  curl --cacert ${input.caPath} -H "Authorization: Bearer $TOKEN" \\`,
    `    "${url}"`,
    `  REQUESTS_CA_BUNDLE=${input.caPath} az rest --skip-authorization-header \\`,
    `    --headers "Authorization=Bearer $TOKEN" --url "${url}"`,
  ];
}

export interface PrintInput {
  readonly arm: Arm;
  readonly cluster: Cluster;
  readonly imageTool: ((argv: string) => string) | null;
  readonly caPath: string;
  readonly note: (line: string) => void;
}

export async function printEndpoints({ arm, cluster, imageTool, caPath, note }: PrintInput): Promise<void> {
  const clusterName = cluster.name ?? "";
  const params = { subscriptionId: arm.scope.subscriptionId, resourceGroupName: arm.scope.resourceGroupName, clusterName };
  const fileSystems = (await arm.send("FileSystems_ListByCluster", params, undefined)).body.value;
  const buckets = (await arm.send("Buckets_ListByCluster", params, undefined)).body.value;
  const input: EndpointsInput = {
    clusterName,
    isSimulated: cluster.properties.isSimulated ?? false,
    isEmulated: cluster.properties.isEmulated,
    endpoints: cluster.properties.endpoints ?? [],
    fileSystems: fileSystems.flatMap(({ name, properties }) => (name === undefined || properties.mountPath === undefined ? [] : [{ name, mountPath: properties.mountPath }])),
    buckets: buckets.flatMap(({ name }) => (name === undefined ? [] : [name])),
    cynosure: "npx cynosure",
    imageTool,
    armUrl: arm.endpoint,
    caPath,
    clusterId: cluster.id ?? "",
    apiVersion,
  };
  for (const line of describeEndpoints(input)) note(line);
}
