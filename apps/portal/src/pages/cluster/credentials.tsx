// The keys of the object gateway, only when somebody asks: reading them is an audited action with a right of its own.
// They are kept nowhere but in what is shown, and go with it.
import { Button, Text, makeStyles, tokens } from "@fluentui/react-components";
import { EyeOffRegular, EyeRegular } from "@fluentui/react-icons";
import type { ClusterCredentials } from "@cynosure/sdk";
import { useState } from "react";
import { useApi } from "../../api/session-gate.tsx";
import { Command } from "../../shell/command.tsx";
import { Failure } from "../../shell/failure.tsx";
import type { ClusterScope } from "./cluster-page.tsx";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalS } });

export function Credentials({ scope }: { readonly scope: ClusterScope }) {
  const styles = useStyles();
  const { client } = useApi();
  const [credentials, setCredentials] = useState<ClusterCredentials | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [isAsking, setAsking] = useState(false);
  const ask = (): void => {
    setAsking(true);
    setError(undefined);
    client.clusters.listCredentials(scope.group, scope.name).then(setCredentials, (reason: unknown) => setError(reason)).finally(() => setAsking(false)).catch(() => undefined); // both ends are told above
  };
  return (
    <div className={styles.root}>
      {credentials === undefined ? (
        <>
          <Text>Showing the keys is recorded in the activity log with your name.</Text>
          <div><Button icon={<EyeRegular />} disabledFocusable={isAsking} onClick={ask}>{isAsking ? "Asking for the S3 keys…" : "Show the S3 keys"}</Button></div>
        </>
      ) : (
        <>
          <Command label="Access key id" text={credentials.s3.accessKeyId} />
          <Command label="Secret access key" text={credentials.s3.secretAccessKey} />
          <div><Button icon={<EyeOffRegular />} onClick={() => setCredentials(undefined)}>Hide the keys</Button></div>
        </>
      )}
      {error === undefined ? null : <Failure error={error} doing="show the keys" />}
    </div>
  );
}
