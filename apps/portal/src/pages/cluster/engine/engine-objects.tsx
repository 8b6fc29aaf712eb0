// The objects of one type of an engine's own API, each with its JSON as the engine says it. To look at: what changes them are
// commands to copy.
import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, makeStyles, tokens } from "@fluentui/react-components";
import { OpenRegular } from "@fluentui/react-icons";
import type { NativeType } from "@cynosure/sdk";
import { useState } from "react";
import { armKey } from "../../../api/changes.ts";
import { collect, useArm } from "../../../api/use-arm.ts";
import { Command } from "../../../shell/command.tsx";
import { Failure } from "../../../shell/failure.tsx";
import { PageLink } from "../../../shell/page-link.tsx";
import { Section } from "../../../shell/section.tsx";
import { Waiting } from "../../../shell/waiting.tsx";
import { ResourceTable } from "../../../tables/resource-table.tsx";
import type { ClusterScope } from "../cluster-page.tsx";
import { cellText, objectColumns, objectCommands, readObjects, typeCommands } from "./engine-reading.ts";
import type { EngineObject } from "./engine-reading.ts";
import { engineRequest } from "./engine-request.ts";

/** The engine tells nobody of its changes. */
const EVERY_MS = 10_000;

const useStyles = makeStyles({ commands: { display: "flex", flexDirection: "column", rowGap: tokens.spacingVerticalM }, surface: { maxWidth: "min(900px, 94vw)" } });

export function EngineObjects({ scope, type, backTo }: { readonly scope: ClusterScope; readonly type: NativeType; readonly backTo: string }) {
  const [shown, setShown] = useState<EngineObject | undefined>(undefined);
  const objects = useArm({ key: armKey(scope.id, "engine", type.type), read: async (client, abortSignal) => readObjects(await collect(client.listPath(engineRequest(scope, "GET", [type.type]), { abortSignal }))), intervalMs: EVERY_MS });
  const of = { cluster: scope.name, group: scope.group, type };
  return (
    <Section title={type.type} actions={<PageLink to={backTo}>All types</PageLink>}>
      {objects.error === null ? null : <Failure error={objects.error} doing={`list ${type.type}`} onRetry={() => void objects.refetch()} />}
      {objects.isPending ? <Waiting what={`Reading ${type.type}`} /> : null}
      {objects.data === undefined ? null : (
        <ResourceTable<EngineObject>
          label={type.type}
          items={objects.data}
          extra={objectColumns(type, objects.data).map((name) => ({ label: name, show: ({ properties }) => cellText(properties[name]) }))}
          actions={(item) => <Button size="small" icon={<OpenRegular />} onClick={() => setShown(item)} aria-label={`Details of ${item.name}`}>Details</Button>}
          empty={`The engine has no ${type.type} yet.`}
        />
      )}
      <p>This page only shows. Create, change and run actions by the command line:</p>
      {typeCommands(of).map(({ label, text }) => <Command key={label} label={label} text={text} />)}
      {shown === undefined ? null : <ObjectDetails item={shown} commands={objectCommands(of, shown.name)} onClose={() => setShown(undefined)} />}
    </Section>
  );
}

function ObjectDetails({ item, commands, onClose }: { readonly item: EngineObject; readonly commands: readonly { readonly label: string; readonly text: string }[]; readonly onClose: () => void }) {
  const styles = useStyles();
  return (
    <Dialog open onOpenChange={(_, { open }) => (open ? undefined : onClose())}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{item.name}</DialogTitle>
          <DialogContent className={styles.commands}>
            <Command label="As the engine says it" text={JSON.stringify(item.properties, null, 2)} />
            {commands.map(({ label, text }) => <Command key={label} label={label} text={text} />)}
          </DialogContent>
          <DialogActions><Button appearance="primary" onClick={onClose}>Close</Button></DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
