// File systems of a cluster.
import type { FileSystem } from "@cynosure/sdk";
import { ChildrenTab } from "./children-tab.tsx";
import type { ChildKind } from "./children-tab.tsx";
import type { ClusterTabProps } from "./cluster-page.tsx";
import { mountInstructions } from "./instructions.ts";

const kind: ChildKind<FileSystem> = {
  noun: "file system",
  title: "File systems",
  tab: "file-systems",
  typeName: "FileSystem",
  list: (client, { group, name }) => client.fileSystems.listByCluster(group, name),
  read: (client, { group, name }, child) => client.fileSystems.get(group, name, child),
  create: (client, { group, name }, child, body, options) => client.fileSystems.beginCreateOrUpdate(group, name, child, body, options),
  change: { typeName: "FileSystemUpdate", begin: (client, { group, name }, child, body, options) => client.fileSystems.beginUpdate(group, name, child, body, options) },
  delete: (client, { group, name }, child) => client.fileSystems.beginDelete(group, name, child),
  instructions: ({ cluster }, item) => mountInstructions(cluster.properties.endpoints ?? [], item.name ?? "", item.properties.mountPath),
};

export const FileSystemsTab = (props: ClusterTabProps) => <ChildrenTab kind={kind} {...props} />;
