# What vastpy, the engine vendor's own client, does to a cluster over the gateway. Prints one line of JSON for each step. Knows nothing
# of the product.
import json
import os

from vastpy import RESTFailure, VASTClient

address, user, secret = os.environ["GATEWAY_ADDRESS"], os.environ["GATEWAY_USER"], os.environ["GATEWAY_SECRET"]
IOPS = "ProtoMetrics,proto_name=ProtoCommon,iops"


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


def failing(step, work):
    try:
        work()
        say(step, status=0)
    except RESTFailure as failure:
        say(step, status=failure.status)


basic = VASTClient(address=address, user=user, password=secret)
token = VASTClient(address=address, token=secret)
say("clusters", names=[[each["name"], each["state"]] for each in basic.clusters.get()])
say("empty", views=basic.views.get())
made = token.views.post(path="/home", name="home", policy_id=1, create_dir=True)
say("create", name=made["name"], path=made["path"], link=made["url"])
token.views.post(path="/work", name="work", policy_id=1, create_dir=True)
say("list", names=[view["name"] for view in basic.views.get()])
page = basic.views.get(page=1, page_size=1)
say("page", count=page["count"], names=[view["name"] for view in page["results"]], next=page["next"])
say("filter", names=[view["name"] for view in basic.views.get(path__startswith="/wo")])
say("patch", alias=token.views[made["id"]].patch(alias="/h")["alias"], kept=basic.views[made["id"]].get()["alias"])
measured = basic.monitors.ad_hoc_query.get(object_type="cluster", time_frame="5m", prop_list=[IOPS])
say("metrics", columns=measured["prop_list"], row=[type(value).__name__ for value in measured["data"][0]])
failing("taken", lambda: token.views.post(path="/home", name="home", policy_id=1))
for view in basic.views.get():
    basic.views[view["id"]].delete()
say("delete", names=[view["name"] for view in token.views.get()])
failing("gone", lambda: basic.views[made["id"]].get())
failing("dangerous", lambda: basic.clusters.wipe.post(cnode_list=[]))
failing("stranger", lambda: VASTClient(address=address, user=user, password="wrong").views.get())
