// The pure planner of the VAST engine: policy and hosts in, layout out. Hosts come up with the vendor's software, so that no
// agent starts a daemon: a layout is nodes, views and steps. See docs/architecture/engine-vast.md.
import type { EndpointLayout, EngineLayout, EngineLayoutInput, EngineLayoutResult, EnginePlanner, LayoutHost, LayoutProblem } from "@cynosure/model";
import type { NodeParams } from "./action-params.ts";
import { choosePools } from "./pools.ts";
import { STAGES } from "./step.ts";
import { engineSteps } from "./steps.ts";

const HOSTS = { min: 3, max: 32 } as const;
const PORTS = { nfs: 2049, s3: 443 } as const;
/** Clients come in over as many hosts; the cluster itself moves addresses among all. */
const ENDPOINT_HOSTS = 2;
const STAGE_EXPECTED_MS = 200;

export const vastPlanner: EnginePlanner = { hostCount: HOSTS, layout };

/** A host without a drive can only compute. */
const nodeOf = ({ hostId, diskPaths }: LayoutHost): NodeParams => ({ hostId, kind: diskPaths.length === 0 ? "cnode" : "ebox" });

function problemsOf({ hosts }: EngineLayoutInput): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  if (hosts.length < HOSTS.min || hosts.length > HOSTS.max) problems.push({ target: "properties.hosts.count", message: `VAST is laid out on ${HOSTS.min} to ${HOSTS.max} hosts, the wish has ${hosts.length}. Ask for a count in that range.` });
  if (hosts.every((host) => host.diskPaths.length === 0)) problems.push({ target: "properties.hosts.size", message: "No host has a drive for data. Choose a host size with at least one." });
  return problems;
}

const endpointsOf = (hosts: readonly LayoutHost[]): EndpointLayout[] =>
  (["nfs", "s3"] as const).flatMap((protocol) => hosts.slice(0, ENDPOINT_HOSTS).map(({ hostId }, at): EndpointLayout => ({ name: `${protocol}-${at + 1}`, protocol, hostId, port: PORTS[protocol] })));

function layout(input: EngineLayoutInput): EngineLayoutResult {
  const { policy, hosts } = input;
  const { pools, problems } = choosePools(input);
  const all = [...problemsOf(input), ...problems];
  if (all.length > 0) return { ok: false, problems: all };
  // Keys are the host ids of `hosts`.
  const none = Object.fromEntries(hosts.map(({ hostId }) => [hostId, []])) as unknown as EngineLayout["daemons"];
  return {
    ok: true,
    layout: {
      daemons: none,
      files: none as unknown as EngineLayout["files"],
      stages: STAGES,
      stageExpectedMs: Array.from({ length: STAGES }, () => STAGE_EXPECTED_MS),
      pools,
      steps: engineSteps(input, hosts.map(nodeOf)),
      endpoints: endpointsOf(hosts),
      imageName: `vast-${policy.engineVersion}`,
    },
  };
}
