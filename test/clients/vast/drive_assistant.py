# What an assistant does to a cluster over the gateway with vast-admin-mcp: the program runs as it is, and is spoken to over its standard
# streams. It has no tool that changes or removes a view: for those, the client that it makes of its own configuration. Prints one
# line of JSON for each step. Knows nothing of the product.
import asyncio
import base64
import json
import os
import pathlib
import sys

address, user, secret = os.environ["GATEWAY_ADDRESS"], os.environ["GATEWAY_USER"], os.environ["GATEWAY_SECRET"]
config = pathlib.Path.home() / ".vast-admin-mcp"
config.mkdir()
(config / "config.json").write_text(json.dumps({"clusters": [{"cluster": address, "username": user, "password": "base64:" + base64.b64encode(secret.encode()).decode(), "tenant": "", "tenant_context": "", "user_type": "SUPER_ADMIN", "cluster_name": "sample", "sw_version": "5.4.0.17"}]}))

from fastmcp import Client  # noqa: E402  (comes with vast-admin-mcp, which reads its configuration where HOME is)
from fastmcp.client.transports import StdioTransport  # noqa: E402
from vast_admin_mcp.client import create_vast_client  # noqa: E402


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


async def assist():
    # Its library would ask for newer versions of itself.
    environment = {**os.environ, "FASTMCP_CHECK_FOR_UPDATES": "off", "FASTMCP_SHOW_SERVER_BANNER": "false"}
    program = os.path.join(os.path.dirname(sys.executable), "vast-admin-mcp")
    async with Client(StdioTransport(command=program, args=["mcp", "--read-write"], env=environment)) as assistant:

        async def call(tool, **arguments):
            answer = await assistant.call_tool(tool, arguments)
            return json.loads(answer.content[0].text)

        say("list clusters", clusters=[[each["Cluster"], each["State"]] for each in await call("list_clusters_vast")])
        await call("create_view_vast", cluster=address, path="/mcp", protocols="NFS", hard_quota="10GB")
        say("create", views=[[view["tenant"], view["path"], view["protocols"]] for view in await call("list_view_instances_vast", cluster=address)])
        say("list quotas", quotas=[[quota["path"], quota["hard_limit"], quota["state"]] for quota in await call("list_quotas_vast", cluster=address)])
        client = create_vast_client(address, use_cache=False)
        [view] = client.views.get(path="/mcp", page=1, page_size=1000)["results"]
        say("patch", alias=client.views[view["id"]].patch(alias="/m")["alias"])
        [of_cluster] = (await call("list_performance_vast", object_name="cluster", cluster=address)).values()
        say("metrics of the cluster", metrics=[metric["Metric"] for metric in of_cluster], columns=sorted(name for name in of_cluster[0] if name.endswith("Max")))
        of_views = await call("list_performance_vast", object_name="view", cluster=address)
        say("metrics of views", metrics={name: [metric["Metric"] for metric in metrics] for name, metrics in of_views.items()})
        client.views[view["id"]].delete()
        say("delete", views=await call("list_view_instances_vast", cluster=address))


asyncio.run(assist())
