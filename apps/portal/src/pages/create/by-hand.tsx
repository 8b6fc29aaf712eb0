// A cluster written by hand: a form of all that the contract lets one say of it.
import { Button, Card, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { contractTypes } from "@cynosure/sdk";
import type { Cluster } from "@cynosure/sdk";
import { useState } from "react";
import { useApi } from "../../api/session-gate.tsx";
import { ContractForm } from "../../forms/contract-form.tsx";
import { checkValue } from "../../forms/form-value.ts";
import type { FieldMessages } from "../../forms/form-value.ts";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { isRecord, namedType } from "../../words/values.ts";
import type { WantedResources } from "./plan-preview.tsx";

const useStyles = makeStyles({ root: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalM, marginTop: tokens.spacingVerticalM }, name: { maxWidth: "420px" } });

const type = namedType(contractTypes, "Cluster");

export function ByHand({ onWanted }: { readonly onWanted: (wanted: WantedResources | undefined) => void }) {
  const styles = useStyles();
  const { session } = useApi();
  const [name, setName] = useState("");
  const [value, setValue] = useState<unknown>(() => ({ location: session.location, properties: { hosts: { count: 3 }, protection: { hostFailures: 1 } } }));
  const [messages, setMessages] = useState<FieldMessages>({});
  const nameMessage = messages["name"];
  const look = (): void => {
    const found: FieldMessages = { ...(name === "" ? { name: "A name is needed." } : {}), ...checkValue(contractTypes, type, value) };
    setMessages(found);
    const isWhole = Object.keys(found).length === 0 && isRecord(value);
    onWanted(isWhole ? { name, cluster: value as unknown as Cluster, fileSystems: [], buckets: [] } : undefined); // checked against this type just now
  };
  return (
    <div className={styles.root}>
      <Section title="1. The cluster">
        <Card>
          <Field label="Name" required className={styles.name} {...(nameMessage === undefined ? {} : { validationMessage: nameMessage, validationState: "error" as const })}>
            <Input value={name} spellCheck={false} autoComplete="off" onChange={(_, data) => { setName(data.value); onWanted(undefined); }} />
          </Field>
          <ContractForm types={contractTypes} type={type} value={value} onChange={(next) => { setValue(next); onWanted(undefined); }} messages={messages} leftOut={["identity"]} />
        </Card>
        {Object.keys(messages).length === 0 ? null : <Failure error={new Error("Some fields need another value; they say which.")} doing="take the cluster as it is written" />}
        <div><Button appearance="primary" onClick={look}>See what creating it would do</Button></div>
      </Section>
    </div>
  );
}
