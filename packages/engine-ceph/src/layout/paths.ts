// Where Ceph keeps things inside a host. All state lives under the one writable tree; sockets live in
// /run, which is a tmpfs and short enough for the kernel's limit on socket paths.
import { HOST_STATE_DIR, type HostId } from "@cynosure/model";

export const CEPH_DIR = `${HOST_STATE_DIR}/ceph`;
export const CEPH_CONF = `${CEPH_DIR}/ceph.conf`;
export const GANESHA_CONF = `${CEPH_DIR}/ganesha.conf`;
/** Run by an NFS gateway before and beside Ganesha; see nfs-start.ts. */
export const AWAIT_METADATA_SERVER = `${CEPH_DIR}/await-metadata-server.py`;
export const SERVE_EXPORTS = `${CEPH_DIR}/serve-exports.sh`;
/** Every founding entity with its capabilities; only monitors hold it. */
export const MONITOR_KEYRING = `${CEPH_DIR}/keyrings/founding.keyring`;
export const ADMIN_KEYRING = `${CEPH_DIR}/keyrings/client.admin.keyring`;
export const BOOTSTRAP_OSD_KEYRING = `${CEPH_DIR}/keyrings/client.bootstrap-osd.keyring`;
/** The S3 user as the object gateway stores it, with its key: read by handlers on this host, never sent. */
export const S3_USER_FILE = `${CEPH_DIR}/s3-user.json`;
export const ZONE_FILE = `${CEPH_DIR}/rgw-zone.json`;
export const ZONEGROUP_FILE = `${CEPH_DIR}/rgw-zonegroup.json`;

export const keyringPath = (entity: string): string => `${CEPH_DIR}/keyrings/${entity}.keyring`;
export const monitorDir = (host: HostId): string => `${CEPH_DIR}/mon.${host}`;
export const osdDir = (osdId: number): string => `${CEPH_DIR}/osd.${osdId}`;
export const osdSecretsFile = (osdId: number): string => `${CEPH_DIR}/keyrings/osd.${osdId}.secrets.json`;

export const S3_PORT = 7480;
export const NFS_PORT = 2049;
/** The manager's own management API and pages, plain HTTP inside the cluster network. */
export const DASHBOARD_PORT = 8080;
