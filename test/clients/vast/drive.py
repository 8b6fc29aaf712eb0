# What the engine vendor's own clients do through the native gateway: vastpy directly, and the client that vast-admin-mcp makes of
# its configuration. Prints one line of JSON for each step. Knows nothing of the product.
import base64
import json
import os
import pathlib

from vastpy import RESTFailure, VASTClient

address, user, secret = os.environ["GATEWAY_ADDRESS"], os.environ["GATEWAY_USER"], os.environ["GATEWAY_SECRET"]


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


basic = VASTClient(address=address, user=user, password=secret)
token = VASTClient(address=address, token=secret)
say("empty", views=basic.views.get())
made = token.views.post(path="/home", name="home", policy_id=1, create_dir=True)
say("create", name=made["name"], path=made["path"])
say("list", names=[view["name"] for view in basic.views.get()])
say("page", page=[view["name"] for view in basic.views.get(page=1, page_size=1)["results"]])
say("patch", alias=token.views[made["id"]].patch(alias="/h")["alias"])
say("metrics", answer=sorted(basic.monitors.ad_hoc_query.get(object_type="cluster", time_frame="5m", prop_list=["ProtoMetrics,proto_name=ProtoCommon,iops"])))
basic.views[made["id"]].delete()
say("delete", names=[view["name"] for view in token.views.get()])
for name, work in {"dangerous": lambda: basic.clusters.wipe.post(cnode_list=[]), "stranger": lambda: VASTClient(address=address, user=user, password="wrong").views.get()}.items():
    try:
        work()
        say(name, status=0)
    except RESTFailure as failure:
        say(name, status=failure.status)

config = pathlib.Path.home() / ".vast-admin-mcp"
config.mkdir()
(config / "config.json").write_text(json.dumps({"clusters": [{"cluster": address, "username": user, "password": "base64:" + base64.b64encode(secret.encode()).decode(), "tenant": "", "tenant_context": "", "user_type": "SUPER_ADMIN", "cluster_name": "sample", "sw_version": "5.4.0.17"}]}))
from vast_admin_mcp.client import create_vast_client  # noqa: E402  (reads its configuration where HOME is)

client = create_vast_client(address, use_cache=False)
made = client.views.post(path="/mcp", name="mcp", policy_id=1)
say("mcp login", type=client.login.get()["user_type"])
say("mcp list", names=[view["name"] for view in client.views.get(page=1, page_size=1000)["results"]])
say("mcp patch", alias=client.views[made["id"]].patch(alias="/m")["alias"])
say("mcp metrics", answer=sorted(client.monitors.ad_hoc_query.get(object_type="cluster", time_frame="5m", prop_list=["ProtoMetrics,proto_name=ProtoCommon,iops"])))
client.views[made["id"]].delete()
say("mcp delete", names=[view["name"] for view in client.views.get(page=1, page_size=1000)["results"]])
