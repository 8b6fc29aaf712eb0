// ganesha.conf: NFS version 4 only, so no port mapper and no helper daemon is needed. One export per file
// system; adding and removing exports is a change of this file and a SIGHUP. All exports of a gateway share
// one CephFS mount (Cmount_Path), so memory does not grow with the number of file systems.
import type { HostId } from "@cynosure/model";
import type { FileSystemParams } from "./action-params.ts";
import { FS_NAME, addressOf, fileSystemPathOutput, keySecret, outputOf, secretOf } from "./names.ts";
import { nfsUser } from "./keyrings.ts";
import { CEPH_CONF, CEPH_DIR, NFS_PORT } from "./paths.ts";

const fsalBlock = (host: HostId): string =>
  `FSAL { Name = CEPH; User_Id = "${nfsUser(host)}"; Filesystem = "${FS_NAME}"; Cmount_Path = "/"; Secret_Access_Key = "${secretOf(keySecret(`client.${nfsUser(host)}`))}"; }`;

const exportBlock = (host: HostId, fileSystem: FileSystemParams): string => `EXPORT {
  Export_Id = ${fileSystem.exportId};
  Path = "${outputOf(fileSystemPathOutput(fileSystem.name))}";
  Pseudo = "/${fileSystem.name}";
  Protocols = 4; Transports = TCP; SecType = sys;
  # Numeric users of the clients are users of the file system, root included.
  Access_Type = RW; Squash = None;
  # Attributes are asked for each time: the other gateway may have changed them.
  Attr_Expiration_Time = 0;
  ${fsalBlock(host)}
}
`;

export function ganeshaConfText(host: HostId, fileSystems: readonly FileSystemParams[]): string {
  return `# Where the plug-ins are is said, not left to what is built in: a host may run the image in place.
# The kernel of this host may refuse the I/O flusher flag; without the permission to fail, 6.5 ends at start.
NFS_CORE_PARAM { Protocols = 4; NFS_Port = ${NFS_PORT}; Bind_addr = ${addressOf(host)}; Plugins_Dir = "/usr/lib/x86_64-linux-gnu/ganesha"; Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; Allow_Set_Io_Flusher_Fail = true; }
# Short grace and lease: a client goes on within seconds at the gateway that is left.
# Owners are numbers on the wire; getpwnam spares the mapping daemon's library, which looks for its plug-ins in a fixed place.
NFSv4 { UseGetpwnam = true; RecoveryBackend = fs; RecoveryRoot = ${CEPH_DIR}/nfs-recovery; Minor_Versions = 0,1,2; Graceless = true; Grace_Period = 5; Lease_Lifetime = 10; Delegations = false; Only_Numeric_Owners = true; }
# No cached directories: two gateways serve the same tree.
MDCACHE { Dir_Chunk = 0; NParts = 1; Cache_Size = 1; }
CEPH { Ceph_Conf = ${CEPH_CONF}; }
LOG { Default_Log_Level = EVENT; }

${[...fileSystems].sort((a, b) => a.exportId - b.exportId).map((fileSystem) => exportBlock(host, fileSystem)).join("\n")}`;
}
