// Principals of the built-in issuer: making one, removing one, and making a secret, which is shown this once.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, makeStyles, tokens } from "@fluentui/react-components";
import { AddRegular, DeleteRegular, KeyRegular } from "@fluentui/react-icons";
import type { NewSecret, NewSecretRequest, ServicePrincipal } from "@cynosure/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/session-gate.tsx";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { Command } from "../../shell/command.tsx";
import { ConfirmDelete } from "../../shell/confirm-delete.tsx";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { momentWords } from "../../words/durations.ts";
import { principalsKey, usePrincipals } from "./access-queries.ts";

const useStyles = makeStyles({ actions: { display: "flex", columnGap: tokens.spacingHorizontalXS }, secret: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalM } });

type Asked = { readonly what: "create" } | { readonly what: "secret" | "delete"; readonly name: string };

export function PrincipalsPart() {
  const styles = useStyles();
  const { client } = useApi();
  const queries = useQueryClient();
  const query = usePrincipals();
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [secret, setSecret] = useState<NewSecret | undefined>(undefined);
  const close = (): void => setAsked(undefined);
  const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: principalsKey });
  const actions = ({ name = "" }: ServicePrincipal) => (
    <span className={styles.actions}>
      <Button size="small" icon={<KeyRegular />} aria-label={`New secret of ${name}`} onClick={() => setAsked({ what: "secret", name })}>New secret</Button>
      <Button size="small" icon={<DeleteRegular />} aria-label={`Delete ${name}`} onClick={() => setAsked({ what: "delete", name })}>Delete</Button>
    </span>
  );
  return (
    <Section title="Service principals" actions={<Button icon={<AddRegular />} onClick={() => setAsked({ what: "create" })}>Create a principal</Button>}>
      {query.error === null ? null : <Failure error={query.error} doing="read the principals" onRetry={() => void query.refetch()} />}
      {query.isPending ? <Waiting what="Reading the principals" /> : null}
      {query.data === undefined ? null : <ResourceTable label="Service principals" typeName="ServicePrincipal" items={query.data} actions={actions} empty="No principal yet: whoever signs in is known to another issuer." />}
      {asked?.what === "create" ? (
        <FormDialog title="Create a principal" doing="create the principal" typeName="ServicePrincipal" nameLabel="Name" sendLabel="Create" onClose={close} onSend={async (value, name) => {
          await client.servicePrincipals.createOrUpdate(name, value as ServicePrincipal, { headers: { "If-None-Match": "*" } }); // made by a form of this type
          await readAgain();
        }} />
      ) : null}
      {asked?.what === "secret" ? (
        <FormDialog title={`New secret of ${asked.name}`} doing="make a secret" typeName="NewSecretRequest" sendLabel="Make a secret" onClose={close} onSend={async (value) => {
          setSecret(await client.servicePrincipals.newSecret(asked.name, value as NewSecretRequest)); // made by a form of this type
          await readAgain();
        }} />
      ) : null}
      {asked?.what === "delete" ? (
        <ConfirmDelete what="principal" name={asked.name} consequence="Its tokens and secrets end at once, and with them every program that uses them." onClose={close} onDelete={async () => {
          await client.servicePrincipals.delete(asked.name);
          await readAgain();
        }} />
      ) : null}
      {secret === undefined ? null : <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </Section>
  );
}

function SecretDialog({ secret, onClose }: { readonly secret: NewSecret; readonly onClose: () => void }) {
  const styles = useStyles();
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>The secret, shown this once</DialogTitle>
          <DialogContent className={styles.secret}>
            <p>Only its hash is kept. It ends on {momentWords(secret.expiresOn)}.</p>
            <Command label="Client id" text={secret.clientId} />
            <Command label="Client secret" text={secret.clientSecret} />
            <Command label="Tenant" text={secret.tenantId} />
          </DialogContent>
          <DialogActions><Button appearance="primary" onClick={onClose}>I have kept it</Button></DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
