// The engine steps of a layout, in the order of the documented life cycle.
import type { EngineLayoutInput, EngineStep } from "@cynosure/model";
import type { NodeParams } from "./action-params.ts";
import { contentSteps } from "./contents.ts";
import { actionNames } from "./names.ts";
import { EXPECTED_MS, step } from "./step.ts";

export function engineSteps(input: EngineLayoutInput, nodes: readonly NodeParams[]): EngineStep[] {
  const { takeOver, discover, cluster, nodes: join, licence, addresses, objectUser, awaitHealth } = actionNames;
  const plainNodes = nodes.map((node) => ({ ...node }));
  const content = contentSteps(input);
  return [
    step(takeOver, { title: "take over the management server" }, {}, []),
    step(discover, { title: `discover ${nodes.length} hosts`, expectedMs: EXPECTED_MS.task }, { nodes: plainNodes }, [takeOver]),
    step(cluster, { title: "create the cluster", expectedMs: EXPECTED_MS.deploy }, { name: input.policy.clusterName }, [discover]),
    step(join, { title: "add nodes and expand" }, { nodes: plainNodes }, [cluster]),
    step(licence, { title: "install the licence" }, {}, [cluster]),
    step(addresses, { title: "set up addresses for clients" }, {}, [join]),
    step(objectUser, { title: "create the S3 user" }, {}, [cluster]),
    ...content,
    step(awaitHealth, { title: "wait until healthy" }, { hosts: nodes.length }, [join, licence, addresses, objectUser, ...content.map(({ id }) => id)]),
  ];
}
