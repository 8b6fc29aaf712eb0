// What can be done with a cluster as a whole: changed, deleted, or its running change stopped.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from "@fluentui/react-components";
import { contractTypes } from "@cynosure/sdk";
import type { ClusterUpdate } from "@cynosure/sdk";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { useApi } from "../../api/session-gate.tsx";
import { changeable, mergePatch } from "../../forms/change-value.ts";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { ConfirmDelete } from "../../shell/confirm-delete.tsx";
import { Failure } from "../../shell/failure.tsx";
import { useWork } from "../../running/work.tsx";
import { namedType } from "../../words/values.ts";
import { clusterPath } from "./cluster-address.ts";
import type { ClusterScope, ClusterTabProps } from "./cluster-page.tsx";
import { isConflict, withChanges } from "./conflicts.ts";

/** The header that makes a write fail when somebody was faster. */
export const ifMatch = (etag: string | undefined): { headers?: Record<string, string> } => (etag === undefined ? {} : { headers: { "If-Match": etag } });

export function ChangeCluster({ scope, cluster, onClose }: ClusterTabProps & { readonly onClose: () => void }) {
  const { client } = useApi();
  const work = useWork();
  // What the form began with; after a conflict, the newest.
  const base = useRef(cluster);
  const [start] = useState(() => changeable(contractTypes, namedType(contractTypes, "ClusterUpdate"), cluster));
  const send = async (value: unknown): Promise<void> => {
    const patch = mergePatch(start, value) as ClusterUpdate; // made by a form of this type
    try {
      await work.start({ title: `Change cluster ${scope.name}`, resourceId: scope.id, to: clusterPath(scope.id, "plan"), begin: () => client.clusters.beginUpdate(scope.group, scope.name, patch, ifMatch(base.current.etag)) });
    } catch (error) {
      if (!isConflict(error)) throw error;
      const newest = await client.clusters.get(scope.group, scope.name);
      const told = withChanges(error, "Cluster", base.current, newest);
      base.current = newest;
      throw told;
    }
  };
  return <FormDialog title={`Change ${scope.name}`} doing={`change the cluster ${scope.name}`} typeName="ClusterUpdate" isChange start={start} leftOut={["identity"]} sendLabel="Change" onSend={send} onClose={onClose} />;
}

export function DeleteCluster({ scope, cluster, onClose }: ClusterTabProps & { readonly onClose: () => void }) {
  const { client } = useApi();
  const work = useWork();
  const navigate = useNavigate();
  const send = async (): Promise<void> => {
    await work.start({ title: `Delete cluster ${scope.name}`, resourceId: scope.id, begin: () => client.clusters.beginDelete(scope.group, scope.name) });
    // What is going is not looked at any more: the fleet shows it until it is gone.
    await navigate("/");
  };
  return (
    <ConfirmDelete
      what="cluster"
      name={scope.name}
      consequence={`All ${cluster.properties.hosts.count} hosts, all file systems, all buckets and everything in them are removed. There is no way back.`}
      onDelete={send}
      onClose={onClose}
    />
  );
}

export function CancelChange({ scope, onClose }: { readonly scope: ClusterScope; readonly onClose: () => void }) {
  const { client } = useApi();
  const work = useWork();
  const [error, setError] = useState<unknown>(undefined);
  const send = (): void => {
    work.start({ title: `Stop the change of ${scope.name}`, resourceId: scope.id, to: clusterPath(scope.id, "plan"), begin: () => client.clusters.beginCancel(scope.group, scope.name) }).then(onClose, (reason: unknown) => setError(reason));
  };
  return (
    <Dialog open modalType="alert" onOpenChange={(_, { open }) => (open ? undefined : onClose())}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Stop the change of {scope.name}?</DialogTitle>
          <DialogContent>
            <p>What is done stays; steps that run are finished, the rest is left. The next write of the cluster goes on from there.</p>
            {error === undefined ? null : <Failure error={error} doing="stop the change" />}
          </DialogContent>
          <DialogActions>
            <Button appearance="secondary" onClick={onClose}>Let it run</Button>
            <Button appearance="primary" onClick={send}>Stop it</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
