// Role assignments: who holds which role where; giving one and taking it back.
import { Button, Card, Field, Input } from "@fluentui/react-components";
import { AddRegular, DeleteRegular } from "@fluentui/react-icons";
import { contractTypes } from "@cynosure/sdk";
import type { RoleAssignment } from "@cynosure/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/session-gate.tsx";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { initialValue } from "../../forms/form-value.ts";
import { ConfirmDelete } from "../../shell/confirm-delete.tsx";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { namedType } from "../../words/values.ts";
import { principalWords, roleWords, scopeWords } from "./access-words.ts";
import { useAssignments, usePrincipals, useRoles } from "./access-queries.ts";

export function AssignmentsPart() {
  const { client } = useApi();
  const queries = useQueryClient();
  const { scope, query } = useAssignments();
  const roles = useRoles().data ?? [];
  const principals = usePrincipals().data ?? [];
  const [isGiving, setGiving] = useState(false);
  const [taken, setTaken] = useState<RoleAssignment | undefined>(undefined);
  const readAgain = (): Promise<void> => queries.invalidateQueries({ queryKey: ["arm", scope, "roleAssignments"] });
  const who = (each: RoleAssignment): string => principalWords(principals, each.properties.principalId);
  const role = (each: RoleAssignment): string => roleWords(roles, each.properties.roleDefinitionId);
  return (
    <Section title="Role assignments" actions={<Button appearance="primary" icon={<AddRegular />} onClick={() => setGiving(true)}>Give a role</Button>}>
      {query.error === null ? null : <Failure error={query.error} doing="read the role assignments" onRetry={() => void query.refetch()} />}
      {query.isPending ? <Waiting what="Reading the role assignments" /> : null}
      {query.data === undefined ? null : (
        <ResourceTable
          label="Role assignments"
          typeName="RoleAssignment"
          items={query.data}
          leftOut={["updatedOn", "updatedBy"]}
          labels={{ roleDefinitionId: "Role" }}
          first={["roleDefinitionId", "scope", "description", "principalType"]}
          nameLabel="Principal"
          nameOf={who}
          cells={{ roleDefinitionId: role, scope: ({ properties }) => scopeWords(properties.scope), createdBy: ({ properties }) => principalWords(principals, properties.createdBy ?? "") }}
          actions={(each) => <Button size="small" icon={<DeleteRegular />} aria-label={`Take back: ${role(each)} of ${who(each)}`} onClick={() => setTaken(each)}>Take back</Button>}
          empty="Nobody holds a role here but the principal of the installation itself."
        />
      )}
      {isGiving ? <GiveRole scope={scope} onDone={readAgain} onClose={() => setGiving(false)} /> : null}
      {taken === undefined ? null : (
        <ConfirmDelete
          what="role assignment of"
          name={who(taken)}
          consequence={`${who(taken)} loses the role ${role(taken)} at ${scopeWords(taken.properties.scope)} at once.`}
          onDelete={async () => {
            await client.roleAssignments.delete(taken.properties.scope ?? scope, taken.name ?? "");
            await readAgain();
          }}
          onClose={() => setTaken(undefined)}
        />
      )}
    </Section>
  );
}

function GiveRole({ scope, onDone, onClose }: { readonly scope: string; readonly onDone: () => Promise<void>; readonly onClose: () => void }) {
  const { client } = useApi();
  const roles = useRoles().data ?? [];
  const principals = usePrincipals().data ?? [];
  const [at, setAt] = useState(scope);
  const choices = {
    "properties.roleDefinitionId": roles.map(({ id, properties }) => ({ value: id ?? "", label: properties.roleName })),
    // Principals of another issuer are not known here: then the object id is typed.
    ...(principals.length === 0 ? {} : { "properties.principalId": principals.map(({ name, properties }) => ({ value: properties.principalId ?? "", label: properties.displayName ?? name ?? "" })) }),
  };
  const send = async (value: unknown): Promise<void> => {
    await client.roleAssignments.create(at, crypto.randomUUID(), value as RoleAssignment); // made by a form of this type
    await onDone();
  };
  return (
    <FormDialog
      title="Give a role"
      doing="give the role"
      typeName="RoleAssignment"
      start={initialValue(contractTypes, namedType(contractTypes, "RoleAssignment"))}
      choices={choices}
      intro={<Card size="small"><Field label="Scope" hint="Id of a subscription, a resource group or a resource; it holds for everything below." required><Input value={at} spellCheck={false} onChange={(_, data) => setAt(data.value)} /></Field></Card>}
      sendLabel="Give"
      onSend={send}
      onClose={onClose}
    />
  );
}
