// From a cluster's ARM id to its page, and back. Pure.
import { parseResourceId } from "@cynosure/arm-protocol";

export const clusterTabs = [
  { value: "overview", label: "Overview" },
  { value: "hosts", label: "Hosts" },
  { value: "plan", label: "Live plan" },
  { value: "operations", label: "Operations" },
  { value: "plans", label: "Plans" },
  { value: "file-systems", label: "File systems" },
  { value: "buckets", label: "Buckets" },
  { value: "engine", label: "Engine" },
  { value: "activity", label: "Activity" },
] as const;

export type ClusterTab = (typeof clusterTabs)[number]["value"];

export const readTab = (text: string | undefined): ClusterTab => clusterTabs.find(({ value }) => value === text)?.value ?? "overview";

export function groupOf(id: string): string {
  const parsed = parseResourceId(id);
  return parsed.ok ? (parsed.value.resourceGroup ?? "") : "";
}

/** Page of the cluster that an id names or is below. */
export function clusterPath(id: string, tab?: ClusterTab): string {
  const parsed = parseResourceId(id);
  const name = parsed.ok ? parsed.value.segments[0]?.name : undefined;
  if (!parsed.ok || name === undefined) return "/";
  const page = `/clusters/${encodeURIComponent(parsed.value.resourceGroup ?? "")}/${encodeURIComponent(name)}`;
  return tab === undefined ? page : `${page}/${tab}`;
}

export const clusterId = (subscriptionId: string, group: string, name: string): string => `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Cynosure.Storage/clusters/${name}`;
