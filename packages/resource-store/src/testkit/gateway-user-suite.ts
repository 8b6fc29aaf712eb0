// Conformance cases of gateway users, for every adapter of the store.
import { expect, it } from "vitest";
import type { ClusterKey } from "@cynosure/model";
import type { StoredGatewayUser } from "../gateway-user-port.ts";
import type { Store } from "../port.ts";
import { testCluster } from "./samples.ts";
import type { GetStore } from "./store-suite.ts";

const aUser = (clusterKey: ClusterKey, name: string, secret = "1"): StoredGatewayUser => ({ clusterKey, name, principalId: `principal-${name}-${secret}`, secretId: `id-${secret}`, secretSha256: `sha-${secret}`, createdAtMs: 1_000, expiresAtMs: 9_000 });
const put = (store: Store, user: StoredGatewayUser, countMax = 10) => store.transaction((tx) => store.gatewayUsers.put(user, countMax, tx));

export function describeGatewayUsers(get: GetStore): void {
  it("GWU-01 a user comes back as it was put, and one put again keeps its principal and has the new secret alone", async () => {
    const { store } = get();
    const { key } = testCluster("gateway-renewed");
    expect(await put(store, aUser(key, "anna"))).toEqual(aUser(key, "anna"));
    const renewed = await put(store, aUser(key, "anna", "2"));
    expect(renewed).toEqual({ ...aUser(key, "anna", "2"), principalId: "principal-anna-1" });
    expect(await store.gatewayUsers.find(key, "anna")).toEqual(renewed);
  });

  it("GWU-02 users are of one cluster, listed by name, removed once, and not more than allowed", async () => {
    const { store } = get();
    const [{ key }, { key: other }] = [testCluster("gateway-many"), testCluster("gateway-other")];
    await put(store, aUser(other, "b"));
    for (const name of ["b", "a"]) await put(store, aUser(key, name), 2);
    expect(await put(store, aUser(key, "c"), 2)).toBeNull();
    expect((await store.gatewayUsers.list(key)).map(({ name }) => name)).toEqual(["a", "b"]);
    expect(await put(store, aUser(key, "b", "3"), 2)).not.toBeNull();
    const remove = () => store.transaction((tx) => store.gatewayUsers.remove(key, "b", tx));
    expect([await remove(), await remove()]).toEqual([true, false]);
    expect(await store.gatewayUsers.find(other, "b")).not.toBeNull();
  });

  it("GWU-03 the users of a cluster go with it", async () => {
    const { store } = get();
    const { key } = testCluster("gateway-gone");
    await put(store, aUser(key, "a"));
    await store.vault.forgetCluster(key);
    expect(await store.gatewayUsers.list(key)).toEqual([]);
  });
}
