// What can be done to a host of a local cluster to see what becomes of it: killed, cut off the network, and brought
// back. Refusals are told where the host is shown.
import { Button, makeStyles, tokens } from "@fluentui/react-components";
import type { ClusterHost } from "@cynosure/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isTouched } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { Failure } from "../../shell/failure.tsx";
import type { ClusterScope } from "./cluster-page.tsx";

type Fault = "kill" | "cutLink" | "restore";

const useStyles = makeStyles({ actions: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalXS } });
const words: Readonly<Record<Fault, { readonly label: string; readonly doing: string }>> = {
  kill: { label: "Kill", doing: "kill" },
  cutLink: { label: "Cut link", doing: "cut off" },
  restore: { label: "Restore", doing: "restore" },
};

export function HostFaults({ scope, host }: { readonly scope: ClusterScope; readonly host: ClusterHost }) {
  const styles = useStyles();
  const { client } = useApi();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Fault | undefined>(undefined);
  const [failed, setFailed] = useState<{ readonly fault: Fault; readonly error: unknown } | undefined>(undefined);
  const name = host.name ?? "";
  const send = (fault: Fault): void => {
    setAsked(fault);
    setFailed(undefined);
    client.hosts[fault](scope.group, scope.name, name)
      .then(() => queries.invalidateQueries({ predicate: ({ queryKey }) => isTouched(queryKey, { id: scope.id, kind: "health" }) }), (error: unknown) => setFailed({ fault, error }))
      .finally(() => setAsked(undefined))
      .catch(() => undefined); // both ends are told above
  };
  const button = (fault: Fault) => (
    <Button size="small" disabledFocusable={asked !== undefined} aria-label={`${words[fault].label} ${name}`} onClick={() => send(fault)}>
      {asked === fault ? `${words[fault].label}…` : words[fault].label}
    </Button>
  );
  const { fault } = host.properties;
  return (
    <>
      <div className={styles.actions}>
        {fault === "none" ? <>{button("kill")}{button("cutLink")}</> : button("restore")}
      </div>
      {failed === undefined ? null : <Failure error={failed.error} doing={`${words[failed.fault].doing} ${name}`} />}
    </>
  );
}
