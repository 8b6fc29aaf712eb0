// Conformance cases of portal codes and sessions, and of hearing every change, for every adapter of the store.
import { expect, it } from "vitest";
import type { PortalCode, PortalSession, SignedInPrincipal } from "../portal-port.ts";
import type { Store } from "../port.ts";
import { aResource, testCluster } from "./samples.ts";
import type { GetStore } from "./store-suite.ts";

const aPerson = (id: string): SignedInPrincipal => ({ id, type: "User", displayName: `<${id}>`, tenantId: "tenant", groups: ["g1"], name: id, isOurs: true });
const aCode = (name: string, change: Partial<PortalCode> = {}): PortalCode => ({ codeSha256: `code-${name}`, principal: aPerson(`person-${name}`), expiresAtMs: 300_000, ...change });
const aSession = (name: string, change: Partial<PortalSession> = {}): PortalSession => ({ sessionSha256: `session-${name}`, principal: aPerson(`person-${name}`), createdAtMs: 1_000, usedAtMs: 1_000, expiresAtMs: 900_000, ...change });
const limits = { nowMs: 1_000, countMax: 3 };
const atOnceMany = 6;
const take = (store: Store, name: string, nowMs = 2_000) => store.transaction((tx) => store.portalSessions.takeCode(`code-${name}`, nowMs, tx));
const putCode = (store: Store, code: PortalCode, change = limits) => store.transaction((tx) => store.portalSessions.insertCode(code, change, tx));
const put = (store: Store, session: PortalSession, change = limits) => store.transaction((tx) => store.portalSessions.insert(session, change, tx));

export function describePortalSessions(get: GetStore): void {
  it("POR-01 a code is taken once, also by many at once, and says whom it stands for", async () => {
    const { store } = get();
    await putCode(store, aCode("once"));
    const taken = await Promise.all(Array.from({ length: atOnceMany }, () => take(store, "once")));
    expect(taken.filter((each) => each !== null)).toEqual([aPerson("person-once")]);
    expect(await take(store, "unknown")).toBeNull();
  });

  it("POR-02 a code whose time is over is not taken, and one taken in a transaction that is undone is not spent", async () => {
    const { store } = get();
    await putCode(store, aCode("late"));
    expect(await take(store, "late", 300_000)).toBeNull();
    const undone = store.transaction(async (tx) => {
      await store.portalSessions.takeCode("code-late", 2_000, tx);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await take(store, "late", 299_999)).toEqual(aPerson("person-late"));
  });

  it("POR-03 of one principal only the newest codes and sessions are kept, and those of others stay", async () => {
    const { store } = get();
    const principal = aPerson("person-many");
    await putCode(store, aCode("of-another"));
    for (const name of ["m1", "m2", "m3", "m4"]) await putCode(store, aCode(name, { principal }));
    for (const name of ["m1", "m2", "m3", "m4"]) await put(store, aSession(name, { principal }));
    expect([await take(store, "m1"), await store.portalSessions.find("session-m1")]).toEqual([null, null]);
    expect([await take(store, "m2"), (await store.portalSessions.find("session-m2"))?.principal]).toEqual([principal, principal]);
    expect(await take(store, "of-another")).not.toBeNull();
  });

  it("POR-04 a session comes back as it was put, its last use never goes back, and it ends once", async () => {
    const { store } = get();
    await put(store, aSession("used"));
    expect(await store.portalSessions.find("session-used")).toEqual(aSession("used"));
    for (const usedAtMs of [5_000, 4_000]) await store.portalSessions.noteUse("session-used", usedAtMs);
    expect((await store.portalSessions.find("session-used"))?.usedAtMs).toBe(5_000);
    expect([await store.portalSessions.remove("session-used"), await store.portalSessions.remove("session-used")]).toEqual([true, false]);
    expect(await store.portalSessions.find("session-used")).toBeNull();
  });

  it("POR-05 what has expired goes when something new comes", async () => {
    const { store } = get();
    await put(store, aSession("old", { expiresAtMs: 2_000 }));
    await put(store, aSession("new"), { nowMs: 2_000, countMax: 3 });
    expect(await store.portalSessions.find("session-old")).toBeNull();
    expect(await store.portalSessions.find("session-new")).not.toBeNull();
  });

  it("POR-06 whoever hears changes hears of each written and removed resource and of each cluster, also from another process, and of none that was undone", async () => {
    const { store, openAgain } = get();
    const other = await openAgain();
    const topics: (string | null)[] = [];
    const stop = other.hearChanges((topic) => topics.push(topic));
    const heard = (wanted: string): Promise<void> => {
      const found = Promise.withResolvers<void>();
      const done = other.hearChanges((topic) => {
        if (topic !== wanted) return;
        done();
        found.resolve();
      });
      return found.promise;
    };
    const [wish, undone, { key: cluster }] = [aResource("Heard"), aResource("Unheard"), testCluster("heard")];
    const written = heard(`resource:${wish.key}`);
    await store.transaction(async (tx) => {
      await store.resources.put(undone, { kind: "none" }, tx);
      throw new Error("undo");
    }).catch(() => undefined);
    await store.resources.put(wish, { kind: "none" });
    await written;
    expect(topics).not.toContain(`resource:${undone.key}`);
    const removed = heard(`resource:${wish.key}`);
    await store.resources.remove(wish.key);
    await removed;
    const seen = heard(`cluster:${cluster}`);
    await store.observations.putHealth(cluster, null);
    await seen;
    stop();
    const count = topics.length;
    const again = heard(`cluster:${cluster}`);
    await store.observations.putHealth(cluster, null);
    await again;
    expect(topics).toHaveLength(count);
  });
}
