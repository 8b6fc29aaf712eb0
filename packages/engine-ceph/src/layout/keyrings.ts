// Who may do what: every cephx entity with its capabilities. Keyring texts hold placeholders only; the
// secrets are made once, in the vault, and filled in by the agent gateway.
import type { HostId } from "@cynosure/model";
import { FS_NAME, keySecret, secretOf } from "./names.ts";
import type { OsdPlace } from "./action-params.ts";
import type { Placement } from "./placement.ts";

export interface Entity {
  readonly name: string;
  readonly caps: Readonly<Record<string, string>>;
}

export const rgwEntity = (host: HostId): string => `client.rgw.${host}`;
export const nfsUser = (host: HostId): string => `nfs.${host}`;
export const osdEntity = (osd: Pick<OsdPlace, "id">): string => `osd.${osd.id}`;

const osdCaps = { mon: "allow profile osd", osd: "allow *", mgr: "allow profile osd" };

/** What the monitors know from the moment they are made: no round trip creates a key. */
export function foundingEntities(placement: Placement, osds: readonly OsdPlace[]): Entity[] {
  return [
    { name: "mon.", caps: { mon: "allow *" } },
    { name: "client.admin", caps: { mon: "allow *", osd: "allow *", mds: "allow *", mgr: "allow *" } },
    // Lets a host that joins later register its own OSDs, and nothing else.
    { name: "client.bootstrap-osd", caps: { mon: "allow profile bootstrap-osd" } },
    ...placement.manager.map((host) => ({ name: `mgr.${host}`, caps: { mon: "allow profile mgr", osd: "allow *", mds: "allow *" } })),
    ...placement.mds.map((host) => ({ name: `mds.${host}`, caps: { mon: "allow profile mds", osd: "allow *", mds: "allow", mgr: "allow profile mds" } })),
    ...placement.rgw.map((host) => ({ name: rgwEntity(host), caps: { mon: "allow rw", osd: "allow rwx", mgr: "allow rw" } })),
    ...placement.nfs.map((host) => ({ name: `client.${nfsUser(host)}`, caps: { mon: "allow r", osd: `allow rw tag cephfs data=${FS_NAME}`, mds: `allow rw fsname=${FS_NAME}` } })),
    ...osds.filter((osd) => osd.isFounding).map((osd) => ({ name: osdEntity(osd), caps: osdCaps })),
  ];
}

const keyLine = (entity: string): string => `\tkey = ${secretOf(keySecret(entity))}\n`;

/** Keyring of one daemon: its key alone. */
export const keyringText = (entity: string): string => `[${entity}]\n${keyLine(entity)}`;

export const foundingKeyringText = (entities: readonly Entity[]): string =>
  entities.map(({ name, caps }) => `[${name}]\n${keyLine(name)}${Object.entries(caps).map(([service, cap]) => `\tcaps ${service} = "${cap}"\n`).join("")}`).join("");
