// Last step: what writing the cluster would do, asked of the control plane without doing it; then doing it, with the
// file systems and buckets that belong to it.
import { Button, Card, Text, makeStyles, tokens } from "@fluentui/react-components";
import type { BucketProperties, Cluster, FileSystemProperties } from "@cynosure/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useApi } from "../../api/session-gate.tsx";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { useWork } from "../../running/work.tsx";
import { clusterId, clusterPath } from "../cluster/cluster-address.ts";
import { GroupField, useGroups } from "./group-field.tsx";
import { PlanSummaryView } from "./plan-summary-view.tsx";

export interface WantedResources {
  readonly name: string;
  readonly cluster: Pick<Cluster, "location" | "properties" | "tags">;
  readonly fileSystems: readonly { readonly name: string; readonly body: { readonly properties: FileSystemProperties } }[];
  readonly buckets: readonly { readonly name: string; readonly body: { readonly properties: BucketProperties } }[];
}

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalL, marginTop: tokens.spacingVerticalXL } });

/** Groups are made when they are not there: a person should not have to know that they exist. */
function useCreate(wanted: WantedResources, group: string) {
  const { client, session } = useApi();
  const work = useWork();
  const groups = useGroups();
  return async (): Promise<string> => {
    const id = clusterId(session.subscriptionId, group, wanted.name);
    if (!(groups.data ?? []).some(({ name }) => name?.toLowerCase() === group.toLowerCase())) await client.resourceGroups.createOrUpdate(group, { location: session.location });
    await work.start({ title: `Create cluster ${wanted.name}`, resourceId: id, to: clusterPath(id, "plan"), begin: () => client.clusters.beginCreateOrUpdate(group, wanted.name, wanted.cluster, { headers: { "If-None-Match": "*" } }) });
    // Written while the cluster is on its way: the control plane queues them.
    for (const { name, body } of wanted.fileSystems) await work.start({ title: `Create file system ${name} of ${wanted.name}`, resourceId: id, to: clusterPath(id, "file-systems"), begin: () => client.fileSystems.beginCreateOrUpdate(group, wanted.name, name, body) });
    for (const { name, body } of wanted.buckets) await work.start({ title: `Create bucket ${name} of ${wanted.name}`, resourceId: id, to: clusterPath(id, "buckets"), begin: () => client.buckets.beginCreateOrUpdate(group, wanted.name, name, body) });
    return clusterPath(id, "plan");
  };
}

export function PlanPreview({ wanted }: { readonly wanted: WantedResources }) {
  const styles = useStyles();
  const { client } = useApi();
  const navigate = useNavigate();
  const [group, setGroup] = useState("quickstart");
  const [error, setError] = useState<unknown>(undefined);
  const [isSending, setSending] = useState(false);
  const create = useCreate(wanted, group);
  const preview = useQuery({ queryKey: ["whatIf", group, wanted.name, JSON.stringify(wanted.cluster)], queryFn: ({ signal }) => client.clusters.whatIf(group, wanted.name, wanted.cluster, { abortSignal: signal }), enabled: group !== "", retry: false });
  const send = (): void => {
    setSending(true);
    setError(undefined);
    create().then((page) => void navigate(page), (reason: unknown) => setError(reason)).finally(() => setSending(false)).catch(() => undefined); // both ends are told above
  };
  const children = [...wanted.fileSystems.map(({ name }) => `file system ${name}`), ...wanted.buckets.map(({ name }) => `bucket ${name}`)];
  return (
    <div className={styles.root}>
      <Section title={`3. What creating ${wanted.name} would do`}>
        <Card>
          <GroupField value={group} onChange={setGroup} />
          {children.length === 0 ? null : <Text>{`Then: ${children.join(", ")}.`}</Text>}
        </Card>
        {preview.isFetching && preview.data === undefined ? <Waiting what="Asking what the plan would be" /> : null}
        {preview.error === null ? null : <Failure error={preview.error} doing="ask what the plan would be" onRetry={() => void preview.refetch()} />}
        {preview.data === undefined ? null : <PlanSummaryView summary={preview.data} />}
        {error === undefined ? null : <Failure error={error} doing={`create ${wanted.name}`} />}
        <div><Button appearance="primary" size="large" disabled={isSending || preview.data === undefined} onClick={send}>{isSending ? `Creating ${wanted.name}…` : `Create ${wanted.name}`}</Button></div>
      </Section>
    </div>
  );
}
