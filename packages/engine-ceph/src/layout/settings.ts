// Every setting of ceph.conf that differs from Ceph's own value, each with its reason. The reasons go into
// the file as comments: whoever reads it on a host sees why. Measured numbers: docs/architecture/engine-ceph.md.

export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly why: string;
}

const set = (key: string, value: string | number | boolean, why: string): Setting => ({ key, value: String(value), why });

export const globalSettings: readonly Setting[] = [
  set("ms_bind_ipv6", false, "cluster networks here are IPv4"),
  set("auth_cluster_required", "cephx", "every daemon proves who it is"),
  set("auth_service_required", "cephx", "every client proves who it is"),
  set("auth_client_required", "cephx", "and so does every server"),
  set("auth_allow_insecure_global_id_reclaim", false, "no client older than the fix of CVE-2021-20288 exists here; allowed, it is a health warning by right"),
  set("run_dir", "/run", "/run is a tmpfs that exists in every host; the directory built in does not, and daemons abort without it"),
  set("admin_socket", "/run/$cluster-$name.asok", "as above"),
  set("log_file", "", "one log per daemon, kept by the agent from standard error"),
  set("log_to_stderr", true, "one log per daemon, kept by the agent from standard error"),
  set("mon_cluster_log_to_file", false, "the cluster log is read from the monitors"),
  set("crash_dir", "/run", "no crash collector runs here; the agent reports a daemon that dies"),
  set("ms_async_op_threads", 1, "messenger threads are memory; one serves a host of this size"),
  set("ms_async_max_op_threads", 2, "messenger threads are memory"),
  set("ms_max_backoff", 2, "a peer that was away is tried again within 2 s instead of 15"),
  set("objecter_timeout", 2, "a client that waits on an OSD's old address asks for a new map after 2 s instead of 10: 14 s of silence after a restart were measured"),
  set("objecter_tick_interval", 1, "as above; looked at each second instead of every 5"),
  set("osd_pool_default_pg_autoscale_mode", "off", "placement groups are decided by the plan"),
  set("osd_heartbeat_grace", 5, "a silent OSD is reported after 5 s instead of 20; read by OSDs and monitors, so it is global"),
  set("mon_osd_adjust_heartbeat_grace", false, "otherwise the monitors stretch the grace of an OSD that was down before"),
  set("mon_client_ping_interval", 1, "daemons and gateways notice a monitor that went silent after 4 s instead of 30: through a dead one neither signs of life nor new maps pass"),
  set("mon_client_ping_timeout", 4, "as above"),
  set("mon_client_hunt_interval", 1, "and try the next monitor after 1 s instead of 3"),
  ...["ms", "osd", "bluestore", "rocksdb", "bdev", "bluefs"].map((name) => set(`debug_${name}`, "0/0", "the in-memory debug ring costs memory and time")),
  set("log_max_recent", 50, "entries of the in-memory ring kept for a crash dump"),
];

export const monitorSettings: readonly Setting[] = [
  set("mon_election_timeout", 1, "a lost first election is tried again after 1 s instead of 5"),
  set("mon_probe_timeout", 0.5, "a lost first probe is tried again after 0.5 s instead of 2"),
  set("mon_lease", 2, "a lost monitor is noticed after twice this time: 4 s instead of 10, in which nobody may change a map"),
  set("mon_down_mkfs_grace", 10, "a lost monitor is a warning from 10 s after the cluster was made instead of 60"),
  set("mon_down_uptime_grace", 10, "a lost monitor is a warning from 10 s after its peers started instead of 60"),
  set("mon_mgr_beacon_grace", 10, "the standby manager takes over 10 s after the last sign of life instead of 30"),
  set("mgr_initial_modules", "iostat", "the value built in names restful, which needs packages the image does not carry"),
  set("mon_allow_pool_delete", true, "the benchmark removes its scratch pool"),
  set("mon_data_avail_warn", 5, "hosts on one machine share its disk: warn at 5 % free, not 30 %"),
  set("mon_data_avail_crit", 2, "hosts on one machine share its disk"),
  set("mon_osd_down_out_interval", 20, "data of a lost host is rebuilt after 20 s instead of 600"),
  set("paxos_propose_interval", 0.02, "changes are bundled for 20 ms instead of 1 s: set-up is many small changes"),
  set("paxos_min_wait", 0.01, "changes are bundled for 10 ms instead of 50"),
  set("mon_tick_interval", 1, "failures and map changes are acted on each second"),
  set("mon_rocksdb_options", "write_buffer_size=4194304,compression=kNoCompression,level_compaction_dynamic_level_bytes=true", "4 MB buffers instead of 32: the store holds a few MB"),
  set("mon_warn_on_slow_ping_time", 1000, "pings over 1 s are a warning; left alone it is 5 % of the grace, 250 ms here, and one cut link kept health from good for the minute its average takes to fall"),
  set("mon_osd_cache_size", 50, "old maps kept in memory; 500 is for large clusters"),
  set("mon_memory_target", 268435456, "upper target of the monitor's caches"),
];

/** Modules that are not always on and that nothing here uses: each costs a Python interpreter in each manager. */
const managerModulesOff = "alerts,influx,insights,localpool,mirroring,nfs,osd_perf_query,osd_support,prometheus,restful,selftest,snap_schedule,stats,telegraf,test_orchestrator,zabbix";

export const managerSettings: readonly Setting[] = [
  set("mgr_data", "/run", "only the keyring would be looked for there, and it has its own place"),
  set("mgr_disabled_modules", managerModulesOff, "not loaded: memory and a slower start saved; always-on modules may not be named"),
  set("mgr_tick_period", 1, "health follows the cluster within a second"),
  set("mgr_stats_period", 1, "health follows the cluster within a second"),
];

export const osdSettings: readonly Setting[] = [
  set("osd_class_dir", "/usr/lib/x86_64-linux-gnu/rados-classes", "the value built into 18.2 is relative; without it the object gateway fails with -95"),
  set("osd_mon_shutdown_timeout", 1, "an OSD that stops together with its monitors waits 1 s for their word instead of 5"),
  set("osd_crush_update_on_start", false, "the plan says where an OSD is; it does not move itself"),
  set("osd_class_update_on_start", false, "one map change per OSD less; a sparse file is no rotating disk"),
  set("bdev_aio_max_queue_depth", 128, "the kernel's fs.aio-max-nr is shared by the whole machine: with the 1,024 built in, 16 OSDs use up its default of 65,536 and the next mkfs fails"),
  set("bluestore_cache_autotune", false, "fixed small caches; the tuner's target cannot go under 896 MB"),
  set("bluestore_cache_size", 33554432, "32 MB of cache per OSD"),
  set("osd_memory_target", 939524096, "the smallest value Ceph accepts"),
  set(
    "bluestore_rocksdb_options",
    "compression=kNoCompression,max_write_buffer_number=2,min_write_buffer_number_to_merge=1,recycle_log_file_num=2,write_buffer_size=8388608,writable_file_max_buffer_size=0,compaction_readahead_size=524288,max_background_compactions=1",
    "8 MB write buffers instead of 256",
  ),
  set("osd_op_num_shards", 1, "one queue, two threads: hosts here have few cores"),
  set("osd_op_num_threads_per_shard", 2, "one queue, two threads: hosts here have few cores"),
  set("osd_max_pg_log_entries", 200, "short logs are memory saved; a longer absence means backfill"),
  set("osd_min_pg_log_entries", 100, "short logs are memory saved"),
  set("osd_pg_log_dups_tracked", 100, "short logs are memory saved"),
  set("osd_map_cache_size", 20, "old maps kept in memory"),
  set("osd_map_message_max", 10, "may not exceed the map cache"),
  set("osd_recovery_sleep_hdd", 0, "a file-backed OSD counts as a rotating disk, whose sleep holds backfill to 10 objects a second"),
  set("osd_recovery_sleep_hybrid", 0, "as above"),
  set("osd_max_backfills", 4, "rebuild with 4 placement groups at once instead of 1"),
  set("osd_heartbeat_interval", 1, "with a grace of 5 s a peer must be asked each second"),
];

export const mdsSettings: readonly Setting[] = [
  set("mds_data", "/run", "only the keyring would be looked for there, and it has its own place"),
  set("mds_cache_memory_limit", 67108864, "64 MB of metadata cache"),
  set("mds_beacon_interval", 1, "the standby takes over 5 s after the last sign of life instead of 15"),
  set("mds_beacon_grace", 5, "the standby takes over 5 s after the last sign of life instead of 15"),
  set("mds_reconnect_timeout", 5, "gateways that died with the metadata server are waited for 5 s instead of 45; one that lives reconnects at once"),
];

export const clientSettings: readonly Setting[] = [
  set("admin_socket", "", "a client opens no socket"),
  set("log_to_stderr", false, "what a tool prints is its answer"),
  set("client_cache_size", 1000, "inodes an NFS gateway keeps per mount"),
  set("client_oc_size", 16777216, "16 MB of data cache per NFS mount"),
];

export const rgwSettings: readonly Setting[] = [
  set("log_to_stderr", true, "a daemon, though Ceph counts it as a client"),
  set("admin_socket", "/run/$cluster-$name.asok", "a daemon, though Ceph counts it as a client"),
  set("rgw_thread_pool_size", 32, "threads are memory; 512 is built in"),
  set("rgw_run_sync_thread", false, "one zone: nothing to replicate"),
  set("rgw_cache_lru_size", 1000, "entries of the metadata cache"),
  set("rgw_rados_pool_pg_num_min", 1, "a pool made by the gateway itself stays small"),
];

export function section(name: string, settings: readonly Setting[]): string {
  return `[${name}]\n${settings.map(({ key, value, why }) => `# ${why}\n${key} = ${value}\n`).join("")}`;
}
