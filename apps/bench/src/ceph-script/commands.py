# What the baseline asks the cluster, in one process inside the first host: `setup` before OSDs start,
# `filesystem` once a metadata server is active, `wait` until Ceph says HEALTH_OK with everything there.
import json
import sys
import time

import rados

DIR = "/var/lib/cynosure/"


def connect():
    while True:
        client = rados.Rados(conffile=DIR + "ceph.conf", name="client.admin", conf={"client_mount_timeout": "1", "mon_client_hunt_interval": "0.3"})
        try:
            client.connect()
            return client
        except rados.Error:
            time.sleep(0.02)


def ask(client, target, prefix, **arguments):
    send = client.mon_command if target == "mon" else client.mgr_command
    while True:
        code, out, status = send(json.dumps({"prefix": prefix, "format": "json", **arguments}), b"")
        if code == 0:
            return out
        if target == "mon":
            sys.exit(f"{prefix}: {code} {status}")
        time.sleep(0.05)


def status(client):
    return json.loads(ask(client, "mon", "status"))


def pool(client, name, placement_groups, copies, application):
    ask(client, "mon", "osd pool create", pool=name, pg_num=placement_groups, pgp_num=placement_groups, size=copies, autoscale_mode="off", yes_i_really_mean_it=True)
    if application != "cephfs":
        ask(client, "mon", "osd pool application enable", pool=name, app=application, yes_i_really_mean_it=True)


def setup(client, ids):
    for number, uuid in enumerate(ids):
        ask(client, "mon", "osd new", uuid=uuid, id=number)
        ask(client, "mon", "osd crush create-or-move", id=number, weight=0.01, args=["root=default", f"host=host-{number + 1}"])
    pool(client, ".mgr", 1, 4, "mgr")
    for name, groups, copies in (("cephfs.meta", 8, 4), ("cephfs.default", 4, 4), ("cephfs.data", 8, 3)):
        pool(client, name, groups, copies, "cephfs")
    for name, groups in ((".rgw.root", 1), ("default.rgw.control", 1), ("default.rgw.meta", 1), ("default.rgw.log", 2), ("default.rgw.buckets.index", 4), ("default.rgw.buckets.non-ec", 1), ("default.rgw.buckets.data", 8)):
        pool(client, name, groups, 4, "rgw")
    ask(client, "mon", "fs new", fs_name="cephfs", metadata="cephfs.meta", data="cephfs.default")
    ask(client, "mon", "fs add_data_pool", fs_name="cephfs", pool="cephfs.data")


def filesystem(client):
    while not (status(client)["mgrmap"].get("available") and any(rank.get("status") == "up:active" for rank in status(client)["fsmap"].get("by_rank", []))):
        time.sleep(0.05)
    ask(client, "mgr", "fs subvolume create", vol_name="cephfs", sub_name="home", size=8_000_000_000, pool_layout="cephfs.data", mode="0777")
    print(ask(client, "mgr", "fs subvolume getpath", vol_name="cephfs", sub_name="home").decode().strip().strip('"'))
    while True:
        groups = status(client)["pgmap"]
        if groups["num_pgs"] > 0 and sum(state["count"] for state in groups["pgs_by_state"] if state["state_name"].startswith("active")) == groups["num_pgs"]:
            return
        time.sleep(0.05)


def wait(client, osds):
    while True:
        seen = status(client)
        clean = sum(state["count"] for state in seen["pgmap"]["pgs_by_state"] if state["state_name"] == "active+clean")
        if seen["health"]["status"] == "HEALTH_OK" and seen["osdmap"]["num_up_osds"] == osds and clean == seen["pgmap"]["num_pgs"] > 0 and seen["mgrmap"].get("num_standbys") == 1:
            return
        time.sleep(0.05)


if sys.argv[1] == "setup":
    setup(connect(), sys.argv[2:])
elif sys.argv[1] == "filesystem":
    filesystem(connect())
else:
    wait(connect(), int(sys.argv[2]))
