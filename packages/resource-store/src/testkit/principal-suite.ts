// Conformance cases of principals and device codes, for every adapter of the store.
import { expect, it } from "vitest";
import type { Store } from "../port.ts";
import type { PendingDeviceCode, StoredPrincipal, StoredSecret } from "../principal-port.ts";
import type { GetStore } from "./store-suite.ts";

const aPrincipal = (name: string, change: Partial<StoredPrincipal> = {}): Omit<StoredPrincipal, "secrets"> => ({
  objectId: `object-${name}`,
  clientId: `client-${name}`,
  name,
  displayName: name,
  kind: "Application",
  createdAtMs: 1_000,
  ...change,
});
const aSecret = (id: string): StoredSecret => ({ id, hash: `hash-${id}`, createdAtMs: 1_000, expiresAtMs: 9_000 });
const aCode = (name: string, change: Partial<PendingDeviceCode> = {}): PendingDeviceCode => ({
  deviceCodeSha256: `sha-${name}`,
  userCode: `USER-${name}`,
  clientId: "program",
  audience: "https://service",
  expiresAtMs: 900_000,
  intervalMs: 5_000,
  ...change,
});
const make = (store: Store, name: string, change: Partial<StoredPrincipal> = {}) => store.transaction((tx) => store.principals.ensure(aPrincipal(name, change), tx));
const addSecret = (store: Store, name: string, id: string) => store.transaction((tx) => store.principals.addSecret(name, aSecret(id), tx));
const atOnceMany = 6;

export function describePrincipals(get: GetStore): void {
  it("PRI-01 a principal is found by name, client id and object id, with its secrets oldest first", async () => {
    const { store } = get();
    expect(await make(store, "pri-a")).toEqual({ principal: { ...aPrincipal("pri-a"), secrets: [] }, created: true });
    await addSecret(store, "pri-a", "one");
    const expected = { ...aPrincipal("pri-a"), secrets: [aSecret("one")] };
    expect(await store.principals.get("pri-a")).toEqual(expected);
    expect(await store.principals.findByClientId("client-pri-a")).toEqual(expected);
    expect(await store.principals.findByObjectId("object-pri-a")).toEqual(expected);
    expect(await store.principals.findByClientId("client-nobody")).toBeNull();
  });

  it("PRI-02 of many who make one name one makes it, and all see the same principal", async () => {
    const { store } = get();
    const made = await Promise.all(Array.from({ length: atOnceMany }, (_, i) => make(store, "pri-race", { objectId: `object-race-${i}`, clientId: `client-race-${i}` })));
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(made.map(({ principal }) => principal.objectId)).size).toBe(1);
  });

  it("PRI-03 no more than two secrets live: the oldest ends, also when several are made at once", async () => {
    const { store } = get();
    await make(store, "pri-secrets");
    for (const id of ["a", "b", "c"]) await addSecret(store, "pri-secrets", id);
    expect((await store.principals.get("pri-secrets"))?.secrets.map(({ id }) => id)).toEqual(["b", "c"]);
    await Promise.all(Array.from({ length: atOnceMany }, (_, i) => addSecret(store, "pri-secrets", `many-${i}`)));
    expect((await store.principals.get("pri-secrets"))?.secrets).toHaveLength(2);
    expect(await addSecret(store, "pri-none", "x")).toBeNull();
  });

  it("PRI-04 a removed principal is gone with its secrets, and one made under its name is another", async () => {
    const { store } = get();
    await make(store, "pri-gone");
    await addSecret(store, "pri-gone", "old");
    expect(await store.transaction((tx) => store.principals.remove("pri-gone", tx))).toMatchObject({ objectId: "object-pri-gone" });
    expect(await store.transaction((tx) => store.principals.remove("pri-gone", tx))).toBeNull();
    expect(await store.principals.findByObjectId("object-pri-gone")).toBeNull();
    await make(store, "pri-gone", { objectId: "object-second", clientId: "client-second" });
    expect(await store.principals.get("pri-gone")).toMatchObject({ objectId: "object-second", secrets: [] });
  });

  it("PRI-05 a list walks the names in order, each once, and a transaction that throws leaves no principal", async () => {
    const { store } = get();
    for (const name of ["pri-list-b", "pri-list-a", "pri-list-c"]) await make(store, name);
    const first = await store.principals.list({ afterName: "pri-list-", limitMax: 2 });
    const second = await store.principals.list({ afterName: first.at(-1)?.name ?? "", limitMax: 1 });
    expect([...first, ...second].map(({ name }) => name)).toEqual(["pri-list-a", "pri-list-b", "pri-list-c"]);
    const undone = store.transaction(async (tx) => {
      await store.principals.ensure(aPrincipal("pri-undone"), tx);
      await store.principals.rename("object-pri-list-a", "renamed", tx);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await store.principals.get("pri-undone")).toBeNull();
    expect(await store.principals.get("pri-list-a")).toMatchObject({ displayName: "pri-list-a" });
    await store.transaction((tx) => store.principals.rename("object-pri-list-a", "renamed", tx));
    expect(await store.principals.get("pri-list-a")).toMatchObject({ displayName: "renamed" });
  });
}

export function describeDeviceCodes(get: GetStore): void {
  const limits = { nowMs: 1_000, countMax: 1_000 };
  const poll = (store: Store, name: string, nowMs: number, clientId = "program") => store.deviceCodes.poll(`sha-${name}`, clientId, { nowMs, slowDownMs: 5_000 });
  const grant = (store: Store, name: string, objectId: string, nowMs = 2_000) => store.transaction((tx) => store.deviceCodes.decide(`USER-${name}`, { objectId }, nowMs, tx));

  it("DEV-01 a code waits until somebody signs in, is handed out once, and only to the program that asked", async () => {
    const { store } = get();
    await make(store, "dev-person", { kind: "User" });
    expect(await store.deviceCodes.insert(aCode("one"), limits)).toBe(true);
    expect(await store.deviceCodes.insert(aCode("other", { userCode: "USER-one" }), limits)).toBe(false);
    expect(await poll(store, "one", 1_000)).toEqual({ kind: "pending" });
    expect(await grant(store, "one", "object-dev-person")).toBe(true);
    expect(await grant(store, "one", "object-dev-person")).toBe(false);
    expect(await poll(store, "one", 6_000, "another")).toBeNull();
    const polls = await Promise.all(Array.from({ length: atOnceMany }, () => poll(store, "one", 6_000)));
    expect(polls.filter((each) => each !== null)).toEqual([{ kind: "granted", objectId: "object-dev-person", audience: "https://service" }]);
  });

  it("DEV-02 who polls too soon waits longer from then on", async () => {
    const { store } = get();
    await store.deviceCodes.insert(aCode("slow"), limits);
    expect(await poll(store, "slow", 10_000)).toEqual({ kind: "pending" });
    expect(await poll(store, "slow", 11_000)).toEqual({ kind: "tooSoon", intervalMs: 10_000 });
    expect(await poll(store, "slow", 17_000)).toEqual({ kind: "tooSoon", intervalMs: 15_000 });
    expect(await poll(store, "slow", 33_000)).toEqual({ kind: "pending" });
  });

  it("DEV-03 attempts are counted and bounded: one more ends the code", async () => {
    const { store } = get();
    await store.deviceCodes.insert(aCode("tries"), limits);
    const attempt = () => store.deviceCodes.beginAttempt("USER-tries", { nowMs: 2_000, attemptsMax: 3 });
    const begun = await Promise.all(Array.from({ length: atOnceMany }, attempt));
    expect(begun.filter(Boolean)).toHaveLength(3);
    expect(await store.deviceCodes.findByUserCode("USER-tries", 2_000)).toEqual({ clientId: "program", state: "denied" });
    expect(await grant(store, "tries", "object-dev-person")).toBe(false);
    expect(await poll(store, "tries", 3_000)).toEqual({ kind: "denied" });
    expect(await store.deviceCodes.beginAttempt("USER-unknown", { nowMs: 2_000, attemptsMax: 3 })).toBe(false);
  });

  it("DEV-04 a code ends with its time and with the person who signed in for it", async () => {
    const { store } = get();
    await store.deviceCodes.insert(aCode("late"), limits);
    expect(await store.deviceCodes.findByUserCode("USER-late", 900_000)).toEqual({ clientId: "program", state: "expired" });
    expect(await store.deviceCodes.beginAttempt("USER-late", { nowMs: 900_000, attemptsMax: 3 })).toBe(false);
    expect(await grant(store, "late", "object-dev-person", 900_000)).toBe(false);
    expect(await poll(store, "late", 900_000)).toEqual({ kind: "expired" });
    await make(store, "dev-leaver");
    await store.deviceCodes.insert(aCode("leaver"), limits);
    expect(await grant(store, "leaver", "object-nobody")).toBe(false);
    await grant(store, "leaver", "object-dev-leaver");
    await store.transaction((tx) => store.principals.remove("dev-leaver", tx));
    expect(await poll(store, "leaver", 3_000)).toBeNull();
  });

  it("DEV-05 only so many codes wait at once, and expired ones make room", async () => {
    const { store } = get();
    const countMax = 2;
    await store.deviceCodes.insert(aCode("flush", { expiresAtMs: 2_000_000 }), { nowMs: 1_000_000, countMax: 10 });
    expect(await store.deviceCodes.insert(aCode("fits", { expiresAtMs: 2_000_000 }), { nowMs: 1_000_000, countMax })).toBe(true);
    expect(await store.deviceCodes.insert(aCode("over", { expiresAtMs: 3_000_000 }), { nowMs: 1_000_000, countMax })).toBe(false);
    expect(await store.deviceCodes.insert(aCode("over", { expiresAtMs: 3_000_000 }), { nowMs: 2_000_000, countMax })).toBe(true);
  });
}
