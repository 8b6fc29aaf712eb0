// Buckets of a cluster, and the keys to them.
import { Card } from "@fluentui/react-components";
import type { Bucket } from "@cynosure/sdk";
import { ChildrenTab } from "./children-tab.tsx";
import type { ChildKind } from "./children-tab.tsx";
import type { ClusterTabProps } from "./cluster-page.tsx";
import { Credentials } from "./credentials.tsx";
import { bucketInstructions } from "./instructions.ts";

const kind: ChildKind<Bucket> = {
  noun: "bucket",
  title: "Buckets",
  tab: "buckets",
  typeName: "Bucket",
  list: (client, { group, name }) => client.buckets.listByCluster(group, name),
  read: (client, { group, name }, child) => client.buckets.get(group, name, child),
  create: (client, { group, name }, child, body, options) => client.buckets.beginCreateOrUpdate(group, name, child, body, options),
  // All that a bucket has is said on creation.
  change: null,
  delete: (client, { group, name }, child) => client.buckets.beginDelete(group, name, child),
  instructions: ({ cluster, scope }, item) => bucketInstructions(cluster.properties.endpoints ?? [], item.name ?? "", scope.name),
  footer: ({ scope }) => <Card><Credentials scope={scope} /></Card>,
};

export const BucketsTab = (props: ClusterTabProps) => <ChildrenTab kind={kind} {...props} />;
