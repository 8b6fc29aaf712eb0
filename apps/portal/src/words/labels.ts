// Names of properties as labels: `usableCapacityGB` is read as "Usable capacity (GB)". Pure.

/** Units that names end in, as people write them. */
const units: Readonly<Record<string, string>> = { GBps: "GB/s", MBps: "MB/s", Gbps: "Gb/s", GB: "GB", KB: "kB", KW: "kW", kW: "kW", Ms: "ms", Usd: "USD", PerSecond: "per second", PerYear: "per year" };
const unitPattern = new RegExp(`^(.+?)(${Object.keys(units).join("|")})$`);
/** Words that are written as they are. */
const fixed: Readonly<Record<string, string>> = { id: "ID", nic: "NIC", s3: "S3", nfs: "NFS", vcpus: "vCPUs", nvme: "NVMe", usd: "USD", etag: "ETag", pid: "PID" };

const splitWords = (name: string): readonly string[] => name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2").split(/[\s_-]+/);

export function labelOf(name: string): string {
  const [, stem = name, unit] = unitPattern.exec(name) ?? [];
  const words = splitWords(stem).map((word) => fixed[word.toLowerCase()] ?? word.toLowerCase());
  const text = words.join(" ");
  const label = text.charAt(0).toUpperCase() + text.slice(1);
  return unit === undefined ? label : `${label} (${units[unit] ?? unit})`;
}

/** Values of enumerations: `erasureCoding` is read as "Erasure coding"; words with capitals of their own stay. */
export function choiceLabel(value: string): string {
  if (/^[A-Z]/.test(value) || value.includes(",")) return value;
  return labelOf(value);
}
