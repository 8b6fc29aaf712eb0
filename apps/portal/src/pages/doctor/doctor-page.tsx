// What is wrong with the control plane's machine, as `cynosure doctor` finds it, and what to do about it.
import { Button } from "@fluentui/react-components";
import type { DoctorFinding } from "@cynosure/sdk";
import { useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/session-gate.tsx";
import { Failure } from "../../shell/failure.tsx";
import { Page as Frame } from "../../shell/page.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { stateBadge } from "../../words/badges.ts";
import { momentWords } from "../../words/durations.ts";
import { doctorWords, worstFirst } from "./doctor-words.ts";

const wide = (text: string | undefined) => <span className="cynosure-prose">{text ?? ""}</span>;

export function Page() {
  const { client, session } = useApi();
  const report = useQuery({ queryKey: ["doctor", session.location], queryFn: ({ signal }) => client.machine.runDoctor(session.location, { abortSignal: signal }) });
  return (
    <Frame
      title="Doctor"
      subtitle={report.data === undefined ? undefined : `${doctorWords(report.data.findings)}, looked at ${momentWords(report.dataUpdatedAt)}`}
      actions={<Button disabled={report.isFetching} onClick={() => void report.refetch()}>{report.isFetching ? "Looking…" : "Look again"}</Button>}
    >
      {report.error === null ? null : <Failure error={report.error} doing="examine the machine" onRetry={() => void report.refetch()} />}
      {report.isPending ? <Waiting what="Examining the machine of the control plane" /> : null}
      {report.data === undefined ? null : (
        <ResourceTable
          label="Findings"
          typeName="DoctorFinding"
          items={worstFirst(report.data.findings)}
          leftOut={["name", "status"]}
          nameLabel="Looked at"
          extra={[{ label: "Status", show: ({ status }: DoctorFinding) => <StateBadge words={stateBadge(status)} /> }]}
          cells={{ found: ({ found }) => wide(found), remedy: ({ remedy }) => wide(remedy) }}
          empty="Nothing was looked at."
        />
      )}
    </Frame>
  );
}
