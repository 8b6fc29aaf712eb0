// Names of plan steps: stable across replans of the same change, so that people, logs and tests can speak
// of `host.converge:host-3:2` without looking up which plan it was.
import { stepId, type HostId, type StepId } from "@cynosure/model";

export const NETWORK_ENSURE = stepId("network.ensure");
export const ENDPOINTS_ENSURE = stepId("endpoints.ensure");
export const ENDPOINTS_REMOVE = stepId("endpoints.remove");
export const NETWORK_DESTROY = stepId("network.destroy");
export const CLUSTER_FORGET = stepId("cluster.forget");

export const hostEnsureId = (host: HostId): StepId => stepId(`host.ensure:${host}`);
export const hostJoinId = (host: HostId): StepId => stepId(`host.join:${host}`);
export const hostConvergeId = (host: HostId, stage: number): StepId => stepId(`host.converge:${host}:${stage}`);
export const hostDestroyId = (host: HostId): StepId => stepId(`host.destroy:${host}`);
export const engineActId = (engineStep: string): StepId => stepId(`engine.act:${engineStep}`);
