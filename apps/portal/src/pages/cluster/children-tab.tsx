// A kind of thing in a cluster, as a table with all that can be done: create, change, delete, and how to reach it. The
// kinds themselves say what differs between them.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, makeStyles, tokens } from "@fluentui/react-components";
import { AddRegular, DeleteRegular, EditRegular, PlugConnectedRegular } from "@fluentui/react-icons";
import { contractTypes } from "@cynosure/sdk";
import type { CynosureClient, LongRunningOptions, LongRunningPoller, PagedItems } from "@cynosure/sdk";
import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { armKey } from "../../api/changes.ts";
import { useApi } from "../../api/session-gate.tsx";
import { collect, useArm } from "../../api/use-arm.ts";
import { changeable, mergePatch } from "../../forms/change-value.ts";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { Command } from "../../shell/command.tsx";
import { ConfirmDelete } from "../../shell/confirm-delete.tsx";
import { Failure } from "../../shell/failure.tsx";
import { Section } from "../../shell/section.tsx";
import { StateBadge } from "../../shell/state-badge.tsx";
import { Waiting } from "../../shell/waiting.tsx";
import { ResourceTable } from "../../tables/resource-table.tsx";
import { stateBadge } from "../../words/badges.ts";
import { namedType } from "../../words/values.ts";
import { useWork } from "../../running/work.tsx";
import { clusterPath } from "./cluster-address.ts";
import type { ClusterTab } from "./cluster-address.ts";
import { ifMatch } from "./cluster-dialogs.tsx";
import type { ClusterScope, ClusterTabProps } from "./cluster-page.tsx";
import { isConflict, withChanges } from "./conflicts.ts";
import type { Instruction } from "./instructions.ts";

export interface Child {
  readonly id?: string;
  readonly name?: string;
  readonly etag?: string;
  readonly properties: { readonly provisioningState?: string };
}

export interface ChildKind<Item extends Child> {
  readonly noun: string;
  readonly title: string;
  readonly tab: ClusterTab;
  readonly typeName: string;
  readonly list: (client: CynosureClient, scope: ClusterScope) => PagedItems<Item>;
  readonly read: (client: CynosureClient, scope: ClusterScope, name: string) => Promise<Item>;
  readonly create: (client: CynosureClient, scope: ClusterScope, name: string, body: Item, options: LongRunningOptions) => LongRunningPoller<Item>;
  /** What may change of it and how; null when nothing may. */
  readonly change: { readonly typeName: string; readonly begin: (client: CynosureClient, scope: ClusterScope, name: string, body: object, options: LongRunningOptions) => LongRunningPoller<Item> } | null;
  readonly delete: (client: CynosureClient, scope: ClusterScope, name: string) => LongRunningPoller<void>;
  readonly instructions: (props: ClusterTabProps, item: Item) => readonly Instruction[];
  readonly footer?: (props: ClusterTabProps) => ReactNode;
}

type Asked<Item> = { readonly what: "create" } | { readonly what: "change" | "delete" | "connect"; readonly item: Item };

const useStyles = makeStyles({ actions: { display: "flex", columnGap: tokens.spacingHorizontalXS }, commands: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalM }, surface: { maxWidth: "min(760px, 94vw)" } });

export function ChildrenTab<Item extends Child>({ kind, ...props }: ClusterTabProps & { readonly kind: ChildKind<Item> }) {
  const styles = useStyles();
  const { scope } = props;
  const [asked, setAsked] = useState<Asked<Item> | undefined>(undefined);
  const items = useArm({ key: armKey(scope.id, kind.typeName), read: (client) => collect(kind.list(client, scope)) });
  const close = (): void => setAsked(undefined);
  if (items.isPending) return <Waiting what={`Reading the ${kind.noun}s`} />;
  if (items.data === undefined) return <Failure error={items.error} doing={`read the ${kind.noun}s`} onRetry={() => void items.refetch()} />;
  const actions = (item: Item) => (
    <span className={styles.actions}>
      <Button size="small" icon={<PlugConnectedRegular />} aria-label={`Connect to ${item.name ?? ""}`} onClick={() => setAsked({ what: "connect", item })}>Connect</Button>
      {kind.change === null ? null : <Button size="small" icon={<EditRegular />} aria-label={`Change ${item.name ?? ""}`} onClick={() => setAsked({ what: "change", item })}>Change</Button>}
      <Button size="small" icon={<DeleteRegular />} aria-label={`Delete ${item.name ?? ""}`} onClick={() => setAsked({ what: "delete", item })}>Delete</Button>
    </span>
  );
  return (
    <Section title={kind.title} actions={<Button appearance="primary" icon={<AddRegular />} onClick={() => setAsked({ what: "create" })}>Create a {kind.noun}</Button>}>
      <ResourceTable label={kind.title} typeName={kind.typeName} items={items.data} first={["provisioningState"]} cells={{ provisioningState: ({ properties }) => <StateBadge words={stateBadge(properties.provisioningState)} /> }} actions={actions} empty={`No ${kind.noun} yet.`} />
      {kind.footer?.(props)}
      {asked?.what === "create" ? <CreateChild kind={kind} scope={scope} onClose={close} /> : null}
      {asked?.what === "change" ? <ChangeChild kind={kind} scope={scope} item={asked.item} onClose={close} /> : null}
      {asked?.what === "delete" ? <DeleteChild kind={kind} scope={scope} item={asked.item} onClose={close} /> : null}
      {asked?.what === "connect" ? <ConnectChild kind={kind} {...props} item={asked.item} onClose={close} /> : null}
    </Section>
  );
}

interface ChildDialog<Item extends Child> {
  readonly kind: ChildKind<Item>;
  readonly scope: ClusterScope;
  readonly onClose: () => void;
}

function CreateChild<Item extends Child>({ kind, scope, onClose }: ChildDialog<Item>) {
  const work = useWork();
  // If-None-Match: a name that is taken is not written over.
  const send = (value: unknown, name: string): Promise<void> =>
    work.start({ title: `Create ${kind.noun} ${name}`, resourceId: scope.id, to: clusterPath(scope.id, kind.tab), begin: (client) => kind.create(client, scope, name, value as Item, { headers: { "If-None-Match": "*" } }) }); // made by a form of this type
  return <FormDialog title={`Create a ${kind.noun}`} doing={`create the ${kind.noun}`} typeName={kind.typeName} nameLabel="Name" sendLabel="Create" onSend={send} onClose={onClose} />;
}

function ChangeChild<Item extends Child>({ kind, scope, item, onClose }: ChildDialog<Item> & { readonly item: Item }) {
  const { client } = useApi();
  const work = useWork();
  const base = useRef(item);
  const typeName = kind.change?.typeName ?? kind.typeName;
  const [start] = useState(() => changeable(contractTypes, namedType(contractTypes, typeName), item));
  const name = item.name ?? "";
  const send = async (value: unknown): Promise<void> => {
    const { change } = kind;
    if (change === null) return;
    try {
      await work.start({ title: `Change ${kind.noun} ${name}`, resourceId: scope.id, to: clusterPath(scope.id, kind.tab), begin: () => change.begin(client, scope, name, mergePatch(start, value), ifMatch(base.current.etag)) });
    } catch (error) {
      if (!isConflict(error)) throw error;
      const newest = await kind.read(client, scope, name);
      const told = withChanges(error, kind.typeName, base.current, newest);
      base.current = newest;
      throw told;
    }
  };
  return <FormDialog title={`Change ${name}`} doing={`change the ${kind.noun} ${name}`} typeName={typeName} isChange start={start} sendLabel="Change" onSend={send} onClose={onClose} />;
}

function DeleteChild<Item extends Child>({ kind, scope, item, onClose }: ChildDialog<Item> & { readonly item: Item }) {
  const work = useWork();
  const name = item.name ?? "";
  return (
    <ConfirmDelete
      what={kind.noun}
      name={name}
      consequence={`The ${kind.noun} and everything in it are removed. There is no way back.`}
      onDelete={() => work.start({ title: `Delete ${kind.noun} ${name}`, resourceId: scope.id, begin: (client) => kind.delete(client, scope, name) })}
      onClose={onClose}
    />
  );
}

function ConnectChild<Item extends Child>({ kind, item, onClose, ...props }: ClusterTabProps & { readonly kind: ChildKind<Item>; readonly item: Item; readonly onClose: () => void }) {
  const styles = useStyles();
  const instructions = kind.instructions(props, item);
  return (
    <Dialog open onOpenChange={(_, { open }) => (open ? undefined : onClose())}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>Connect to {item.name}</DialogTitle>
          <DialogContent className={styles.commands}>
            {props.cluster.properties.isSimulated === true ? <p>{`The cluster is ${props.cluster.properties.isEmulated === true ? "emulated" : "simulated"}: there is nothing behind these addresses.`}</p> : null}
            {instructions.length === 0 ? <p>There is no endpoint yet: it comes with the delivery.</p> : instructions.map(({ label, text }) => <Command key={label} label={label} text={text} />)}
          </DialogContent>
          <DialogActions><Button appearance="primary" onClick={onClose}>Close</Button></DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
