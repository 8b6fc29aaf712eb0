// Commands to paste for what a cluster offers: mounting a file system, reading and writing a bucket. Pure.
import type { ClusterEndpoint } from "@cynosure/sdk";

export interface Instruction {
  readonly label: string;
  readonly text: string;
}

/** Any of the gateways serves; the first is named in the commands. */
const gateway = (endpoints: readonly ClusterEndpoint[], protocol: ClusterEndpoint["protocol"]): ClusterEndpoint | undefined => endpoints.find((endpoint) => endpoint.protocol === protocol);

/** For a POSIX shell: nothing in it is more than a word. */
export const shellWord = (text: string): string => (/^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export function mountInstructions(endpoints: readonly ClusterEndpoint[], name: string, mountPath: string | undefined): readonly Instruction[] {
  const nfs = gateway(endpoints, "nfs");
  if (nfs === undefined || mountPath === undefined) return [];
  const target = shellWord(`/mnt/${name}`);
  const source = shellWord(`${nfs.address}:${mountPath}`);
  return [
    { label: "Mount by NFS", text: `sudo mkdir -p ${target}\nsudo mount -t nfs4 -o port=${nfs.port} ${source} ${target}` },
    { label: "Line for /etc/fstab", text: `${nfs.address}:${mountPath} /mnt/${name} nfs4 port=${nfs.port},_netdev 0 0` },
  ];
}

export function bucketInstructions(endpoints: readonly ClusterEndpoint[], bucket: string, clusterName: string): readonly Instruction[] {
  const s3 = gateway(endpoints, "s3");
  if (s3 === undefined) return [];
  const url = `http://${s3.address}:${s3.port}`;
  return [
    { label: "List by curl", text: `S3_KEYS=$(npx cynosure cluster s3-keys ${shellWord(clusterName)})\ncurl --aws-sigv4 aws:amz:us-east-1:s3 --user "$S3_KEYS" \\\n  -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" \\\n  "${url}/${bucket}?list-type=2"` },
    { label: "Copy a file by the AWS command", text: `export AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… AWS_DEFAULT_REGION=us-east-1\naws --endpoint-url ${url} s3 cp FILE s3://${bucket}/` },
  ];
}
