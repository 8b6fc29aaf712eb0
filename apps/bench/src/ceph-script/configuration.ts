// The files of the baseline: the settings that make a cluster light and quick, no more.

export const keyring = (entity: string, key: string, caps: Readonly<Record<string, string>> = {}): string =>
  `[${entity}]\n\tkey = ${key}\n${Object.entries(caps).map(([service, cap]) => `\tcaps ${service} = "${cap}"\n`).join("")}`;

export const cephConf = (fsid: string, address: string, monitors: readonly string[]): string => `[global]
fsid = ${fsid}
mon_host = ${monitors.join(" ")}
public_addr = ${address}
ms_bind_ipv6 = false
auth_allow_insecure_global_id_reclaim = false
keyring = /var/lib/cynosure/$name.keyring
admin_socket =
run_dir = /run
log_file =
log_to_stderr = true
mon_cluster_log_to_file = false
crash_dir = /run
ms_async_op_threads = 1
ms_async_max_op_threads = 2
osd_pool_default_pg_autoscale_mode = off
osd_heartbeat_grace = 5
mon_osd_adjust_heartbeat_grace = false
objecter_timeout = 2
objecter_tick_interval = 1
debug_ms = 0/0
debug_osd = 0/0
debug_bluestore = 0/0
debug_rocksdb = 0/0
debug_bdev = 0/0
debug_bluefs = 0/0
[mon]
mon_data = /var/lib/cynosure/mon
keyring = /var/lib/cynosure/mon/keyring
mon_election_timeout = 1
mon_probe_timeout = 0.5
mgr_initial_modules = iostat
mon_data_avail_warn = 5
mon_data_avail_crit = 2
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
mon_tick_interval = 1
[mgr]
mgr_data = /run
mgr_disabled_modules = alerts,dashboard,influx,insights,localpool,mirroring,nfs,osd_perf_query,osd_support,prometheus,restful,selftest,snap_schedule,stats,telegraf,test_orchestrator,zabbix
mgr_tick_period = 1
mgr_stats_period = 1
[osd]
osd_class_dir = /usr/lib/x86_64-linux-gnu/rados-classes
osd_data = /var/lib/cynosure/osd
bdev_aio_max_queue_depth = 128
osd_crush_update_on_start = false
osd_class_update_on_start = false
bluestore_cache_autotune = false
bluestore_cache_size = 33554432
osd_memory_target = 939524096
osd_op_num_shards = 1
osd_op_num_threads_per_shard = 2
osd_heartbeat_interval = 1
bluestore_rocksdb_options = compression=kNoCompression,max_write_buffer_number=2,min_write_buffer_number_to_merge=1,recycle_log_file_num=2,write_buffer_size=8388608,writable_file_max_buffer_size=0,compaction_readahead_size=524288,max_background_compactions=1
[mds]
mds_data = /run
mds_cache_memory_limit = 67108864
mds_beacon_interval = 1
mds_beacon_grace = 5
[client]
log_to_stderr = false
rgw_frontends = beast port=7480
rgw_thread_pool_size = 32
rgw_run_sync_thread = false
`;

export const ganeshaConf = (user: string, key: string, path: string): string => `NFS_CORE_PARAM { Protocols = 4; NFS_Port = 2049; Enable_NLM = false; Enable_RQUOTA = false; Allow_Set_Io_Flusher_Fail = true; }
NFSv4 { RecoveryBackend = fs; RecoveryRoot = /var/lib/cynosure/nfs; Graceless = true; Minor_Versions = 0,1,2; Delegations = false; }
MDCACHE { Dir_Chunk = 0; NParts = 1; Cache_Size = 1; }
CEPH { Ceph_Conf = /var/lib/cynosure/ceph.conf; }
EXPORT { Export_Id = 100; Path = "${path}"; Pseudo = "/home"; Protocols = 4; Transports = TCP; SecType = sys; Access_Type = RW; Squash = None; FSAL { Name = CEPH; User_Id = "${user}"; Filesystem = "cephfs"; Secret_Access_Key = "${key}"; } }
`;
