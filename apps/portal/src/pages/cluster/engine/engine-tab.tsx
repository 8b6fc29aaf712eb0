// The engine's own API of a cluster, as it is below the cluster in ARM: its types, and the objects of one.
import { useSearchParams } from "react-router";
import { armKey } from "../../../api/changes.ts";
import { useArm } from "../../../api/use-arm.ts";
import { Failure } from "../../../shell/failure.tsx";
import { Waiting } from "../../../shell/waiting.tsx";
import { clusterPath } from "../cluster-address.ts";
import type { ClusterTabProps } from "../cluster-page.tsx";
import { EngineObjects } from "./engine-objects.tsx";
import { EngineTypes } from "./engine-types.tsx";
import { canShow } from "./engine-reading.ts";

/** It changes with the release of the engine alone. */
const EVERY_MS = 600_000;

export function EngineTab({ scope, cluster }: ClusterTabProps) {
  const { engine } = cluster.properties;
  // It imitates how a cluster is delivered, and has no API of its own.
  if (engine === "simulated") return <p>The simulated engine has no API of its own: there is nothing to show here.</p>;
  return <EngineApi scope={scope} />;
}

function EngineApi({ scope }: Pick<ClusterTabProps, "scope">) {
  const [search] = useSearchParams();
  const parity = useArm({ key: armKey(scope.id, "parity"), read: (client, abortSignal) => client.clusters.getParity(scope.group, scope.name, { abortSignal }), intervalMs: EVERY_MS });
  const path = clusterPath(scope.id, "engine");
  const asked = search.get("type");
  const type = parity.data?.types.find((each) => each.type === asked && canShow(each));
  if (parity.error !== null) return <Failure error={parity.error} doing="read what the engine offers" onRetry={() => void parity.refetch()} />;
  if (parity.data === undefined) return <Waiting what="Reading what the engine offers" />;
  return type === undefined ? <EngineTypes parity={parity.data} pathOf={(name) => `${path}?type=${encodeURIComponent(name)}`} /> : <EngineObjects key={type.type} scope={scope} type={type} backTo={path} />;
}
