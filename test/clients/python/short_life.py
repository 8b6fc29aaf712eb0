"""A cluster's short life through Azure's client for Python; what came of each step is printed as one JSON line."""
import json
import os

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.resource import ResourceManagementClient

API_VERSION = "2026-12-01"
endpoint, ca = os.environ["CYNOSURE_ENDPOINT"], os.environ["CYNOSURE_CA"]
subscription = os.environ["CYNOSURE_SUBSCRIPTION_ID"]

# The one authority path that the client takes without asking a public directory.
credential = ClientSecretCredential(
    "adfs", os.environ["CYNOSURE_CLIENT_ID"], os.environ["CYNOSURE_CLIENT_SECRET"],
    authority=endpoint, disable_instance_discovery=True, connection_verify=ca,
)
client = ResourceManagementClient(
    credential, subscription, base_url=endpoint, credential_scopes=[endpoint + "/.default"], connection_verify=ca, polling_interval=1, retry_total=0,
)


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


def refusal(work):
    try:
        work()
    except HttpResponseError as error:
        return {"status": error.status_code, "code": error.error.code if error.error else None}
    return {"status": None, "code": None}


def body(count):
    return {"location": "local", "tags": {"by": "python"}, "properties": {
        "engine": "simulated", "substrate": "simulated", "hosts": {"size": "local-small", "count": count}, "protection": {"hostFailures": 1}}}


cluster = f"/subscriptions/{subscription}/resourceGroups/pines/providers/Cynosure.Storage/clusters/meadow"
group = client.resource_groups.create_or_update("pines", {"location": "local"})
say("group", name=group.name, state=group.properties.provisioning_state, exists=client.resource_groups.check_existence("pines"))
say("provider", state=client.providers.register("Cynosure.Storage").registration_state)

made = client.resources.begin_create_or_update_by_id(cluster, API_VERSION, body(3)).result()
say("create", name=made.name, state=made.properties["provisioningState"], simulated=made.properties["isSimulated"], tags=made.tags)
home = client.resources.begin_create_or_update_by_id(
    cluster + "/fileSystems/home", API_VERSION,
    {"properties": {"usableCapacityGB": 1, "protocols": ["nfs"], "protection": {"hostFailures": 1}}}).result()
say("child", name=home.name, state=home.properties["provisioningState"])
say("update", tags=client.resources.begin_update_by_id(cluster, API_VERSION, {"tags": {"by": "patch"}}).result().tags)

for name in ["one", "two"]:
    client.resource_groups.create_or_update(name, {"location": "local"})
pages = [[item.name for item in page] for page in client.resource_groups.list(top=1).by_page()]
say("pages", names=sorted(name for page in pages for name in page), longest=max(len(page) for page in pages))
say("list", names=[item.name for item in client.resources.list_by_resource_group("pines")])
say("exists", cluster=client.resources.check_existence_by_id(cluster, API_VERSION), other=client.resources.check_existence_by_id(cluster + "x", API_VERSION))

say("missing", **refusal(lambda: client.resources.get_by_id(cluster + "x", API_VERSION)))
say("wrong", **refusal(lambda: client.resources.begin_create_or_update_by_id(cluster, API_VERSION, body(1))))
say("precondition", **refusal(lambda: client.resources.begin_create_or_update_by_id(cluster, API_VERSION, body(3), headers={"If-None-Match": "*"})))

client.resources.begin_delete_by_id(cluster, API_VERSION).result()
client.resource_groups.begin_delete("pines").result()
say("deleted", exists=client.resource_groups.check_existence("pines"))
