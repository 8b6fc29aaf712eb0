// Metadata rates: what hosts do together in directories of their own, and what one directory does whatever the hosts.
import type { EngineMetadata, MetadataRates, RequirementFileSystem, Sourced } from "@cynosure/model";
import type { ClusterModel } from "../loads/cluster-model.ts";
import { number, sourced } from "../words.ts";
import { divided, largest, whole, type Amount } from "./amount.ts";
import type { Limit } from "./limit.ts";
import { upWords } from "./network.ts";

interface Rate {
  readonly operation: string;
  readonly asked: number;
  readonly perUnit: Sourced<number>;
}

type Directories = "uniqueDirectories" | "sharedDirectory";
const operations = ["create", "stat", "remove"] as const;
type Operation = (typeof operations)[number];

const rateKey = { create: "createPerSecond", stat: "statPerSecond", remove: "removePerSecond" } as const satisfies Record<Operation, keyof MetadataRates>;
const uniqueKey = { create: "createPerSecondPerHost", stat: "statPerSecondPerHost", remove: "removePerSecondPerHost" } as const satisfies Record<Operation, keyof EngineMetadata>;
const sharedKey = { create: "sharedCreatePerSecond", stat: "sharedStatPerSecond", remove: "sharedRemovePerSecond" } as const satisfies Record<Operation, keyof EngineMetadata>;

function ratesOf(cluster: ClusterModel, directories: Directories): Rate[] {
  const asked = (fileSystem: RequirementFileSystem, operation: Operation): number => fileSystem.metadata[directories]?.[rateKey[operation]] ?? 0;
  return operations.map((operation) => {
    const each = cluster.fileSystems.map((fileSystem) => asked(fileSystem, operation));
    // Hosts share what is spread over directories; one directory is alone, so the busiest file system decides.
    return directories === "uniqueDirectories"
      ? { operation, asked: each.reduce((sum, rate) => sum + rate, 0), perUnit: cluster.engine.metadata[uniqueKey[operation]] }
      : { operation, asked: Math.max(0, ...each), perUnit: cluster.engine.metadata[sharedKey[operation]] };
  });
}

const needed = (rates: readonly Rate[]): Amount => largest(...rates.map((rate) => divided(rate.asked, rate.perUnit.value)));
const words = (rates: readonly Rate[], of: string): string => rates.filter((rate) => rate.asked > 0).map((rate) => `${number(rate.asked)} ${rate.operation}/s of ${sourced(rate.perUnit, of)}`).join("; ");

export function metadataLimits(cluster: ClusterModel): Limit[] {
  if (cluster.fileSystems.every(({ metadata }) => metadata.uniqueDirectories === null && metadata.sharedDirectory === null)) return [];
  const limits: Limit[] = [];
  const unique = ratesOf(cluster, "uniqueDirectories");
  if (unique.some((rate) => rate.asked > 0)) {
    const required = needed(unique);
    limits.push({
      name: "metadata, unique directories", unit: "hosts",
      judge: (hosts) => ({ required, available: whole(Math.max(0, hosts - cluster.down)) }),
      evidence: (hosts) => `${upWords(cluster, hosts)}; ${words(unique, "a second a host")}`,
      hostsAtLeast: () => (required.value === 0 ? 0 : required.value + cluster.down),
    });
  }
  const shared = ratesOf(cluster, "sharedDirectory");
  if (shared.some((rate) => rate.asked > 0)) {
    const required = needed(shared);
    limits.push({
      name: "metadata, shared directory", unit: "of what one directory does",
      judge: () => ({ required, available: whole(1) }),
      evidence: () => `one directory does not spread over hosts; ${words(shared, "a second")}`,
      hostsAtLeast: () => (required.value > 1 ? Infinity : 0),
    });
  }
  return limits;
}
