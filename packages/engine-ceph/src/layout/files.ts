// The files of one host. A host holds the keys of its own daemons; only monitors hold the founding keyring
// and the administrator's key, only object gateways the S3 user.
import type { HostFile, HostId } from "@cynosure/model";
import type { FileSystemParams, OsdPlace } from "./action-params.ts";
import { cephConfText } from "./ceph-conf.ts";
import { ganeshaConfText } from "./ganesha-conf.ts";
import { foundingEntities, foundingKeyringText, keyringText, osdEntity, rgwEntity } from "./keyrings.ts";
import { keySecret, secretOf } from "./names.ts";
import { awaitMetadataServerText, serveExportsText } from "./nfs-start.ts";
import { ADMIN_KEYRING, AWAIT_METADATA_SERVER, BOOTSTRAP_OSD_KEYRING, CEPH_CONF, GANESHA_CONF, MONITOR_KEYRING, S3_USER_FILE, SERVE_EXPORTS, ZONEGROUP_FILE, ZONE_FILE, keyringPath, osdSecretsFile } from "./paths.ts";
import type { Placement } from "./placement.ts";
import { s3UserText, zoneText, zonegroupText } from "./rgw-zone.ts";

const plain = (path: string, stage: number, text: string): HostFile => ({ path, mode: 0o644, stage, text });
const secret = (path: string, stage: number, text: string): HostFile => ({ path, mode: 0o600, stage, text });
const keyring = (entity: string): HostFile => secret(keyringPath(entity), 1, keyringText(entity));

export interface FilesInput {
  readonly placement: Placement;
  readonly osds: readonly OsdPlace[];
  readonly fileSystems: readonly FileSystemParams[];
  readonly defaultPlacement: string;
}

export function filesOf(host: HostId, { placement, osds, fileSystems, defaultPlacement }: FilesInput): HostFile[] {
  const own = osds.filter((osd) => osd.hostId === host);
  const late = own.filter((osd) => !osd.isFounding);
  return [
    plain(CEPH_CONF, 1, cephConfText(host, placement)),
    ...own.map((osd) => keyring(osdEntity(osd))),
    ...(late.length > 0 ? [secret(BOOTSTRAP_OSD_KEYRING, 1, keyringText("client.bootstrap-osd"))] : []),
    ...late.map((osd) => secret(osdSecretsFile(osd.id), 1, JSON.stringify({ cephx_secret: secretOf(keySecret(osdEntity(osd))) }))),
    ...(placement.monitor.includes(host)
      ? [secret(MONITOR_KEYRING, 1, foundingKeyringText(foundingEntities(placement, osds))), secret(ADMIN_KEYRING, 1, keyringText("client.admin"))]
      : []),
    ...(placement.manager.includes(host) ? [keyring(`mgr.${host}`)] : []),
    ...(placement.mds.includes(host) ? [keyring(`mds.${host}`)] : []),
    ...(placement.rgw.includes(host)
      ? [keyring(rgwEntity(host)), plain(ZONE_FILE, 1, zoneText()), plain(ZONEGROUP_FILE, 1, zonegroupText(defaultPlacement)), secret(S3_USER_FILE, 1, s3UserText())]
      : []),
    // Names paths of subvolumes, which exist once the file systems were created: stage 3.
    ...(placement.nfs.includes(host) ? [plain(AWAIT_METADATA_SERVER, 3, awaitMetadataServerText), plain(SERVE_EXPORTS, 3, serveExportsText), secret(GANESHA_CONF, 3, ganeshaConfText(host, fileSystems))] : []),
  ];
}
