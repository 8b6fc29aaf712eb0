// The resource group that something goes into: one of those there are, or a new name.
import { Field, Input } from "@fluentui/react-components";
import { armKey } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { collect, useArm } from "../../api/use-arm.ts";

export function useGroups() {
  const { session } = useApi();
  return useArm({ key: armKey(`/subscriptions/${session.subscriptionId}`, "groups"), read: (client) => collect(client.resourceGroups.list()) });
}

export function GroupField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const groups = useGroups();
  const names = (groups.data ?? []).map(({ name }) => name ?? "");
  const isNew = groups.data !== undefined && value !== "" && !names.some((name) => name.toLowerCase() === value.toLowerCase());
  return (
    <Field label="Resource group" required hint={isNew ? "This group is not there yet: it is made first." : "What belongs together and is removed together."} {...(value === "" ? { validationMessage: "Resource group is needed.", validationState: "error" as const } : {})}>
      <Input value={value} list="resource-groups" onChange={(_, data) => onChange(data.value)} input={{ list: "resource-groups" }} />
      <datalist id="resource-groups">{names.map((name) => <option key={name} value={name} />)}</datalist>
    </Field>
  );
}
