// Who did what to the cluster and to what is in it: the audit records of the last while.
import { Field, Select } from "@fluentui/react-components";
import type { AuditRecord, CynosureClient } from "@cynosure/sdk";
import { useState } from "react";
import { armKey } from "../../api/changes.ts";
import { useArm } from "../../api/use-arm.ts";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { momentWords } from "../../words/durations.ts";
import { isAbout, relativeId, sinceFilter } from "./activity.ts";
import type { ClusterTabProps } from "./cluster-page.tsx";

const spans = [{ hours: 1, label: "Last hour" }, { hours: 24, label: "Last day" }, { hours: 168, label: "Last week" }] as const;
const RECORDS_MAX = 500;
const EVERY_MS = 5_000;

async function readRecords(client: CynosureClient, id: string, hours: number): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = [];
  // The list is oldest first and of the whole installation: the newest of ours are kept.
  for await (const record of client.auditLog.list({ filter: sinceFilter(Date.now(), hours) })) {
    if (!isAbout(record.resourceId, id)) continue;
    found.push(record);
    if (found.length > RECORDS_MAX) found.shift();
  }
  return found.reverse();
}

export function ActivityTab({ scope }: ClusterTabProps) {
  const [hours, setHours] = useState(24);
  const records = useArm({ key: armKey(scope.id, "activity", String(hours)), read: (client) => readRecords(client, scope.id, hours), intervalMs: EVERY_MS });
  const picker = (
    <Field label="Time" orientation="horizontal">
      <Select value={String(hours)} onChange={(_, { value }) => setHours(Number(value))}>
        {spans.map((span) => <option key={span.hours} value={span.hours}>{span.label}</option>)}
      </Select>
    </Field>
  );
  return (
    <Section title="Activity" actions={picker}>
      {records.error === null ? null : <Failure error={records.error} doing="read the activity log" onRetry={() => void records.refetch()} />}
      {records.isPending ? <Waiting what="Reading the activity log" /> : null}
      {records.data === undefined ? null : (
        <ResourceTable
          label="Activity"
          typeName="AuditRecord"
          items={records.data.map((record) => ({ ...record, id: String(record.seq) }))}
          leftOut={["seq", "atMs", "eventTimestamp", "action", "beforeSha256", "afterSha256"]}
          nameLabel="Action"
      nameOf={({ action }) => action}
          extra={[{ label: "When", show: ({ atMs }) => momentWords(atMs) }]}
          cells={{ resourceId: ({ resourceId }) => relativeId(resourceId, scope.id) }}
          empty="Nothing was done in this time."
        />
      )}
    </Section>
  );
}
