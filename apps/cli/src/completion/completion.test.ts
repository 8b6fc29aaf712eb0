// What a shell is told may follow, and what is kept for it.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parityToWire } from "@cynosure/projected-routes/testkit";
import { recallParity, rememberParity } from "../engine/parity-cache.ts";
import { vastCatalogue } from "../testkit/engine-arm-server.ts";
import { openEngineSession } from "../testkit/engine-session.ts";
import type { EngineSession } from "../testkit/engine-session.ts";

let session: EngineSession;
beforeEach(async () => {
  session = await openEngineSession();
});
afterEach(() => session.close());

const complete = async (...words: string[]): Promise<readonly string[]> => (await session.type("complete", "--", ...words)).lines.filter((line) => line !== "");

describe("completion", () => {
  it("knows commands, their commands and flags", async () => {
    expect(await complete("eng")).toEqual(["engine"]);
    expect(await complete("cluster", "cr")).toEqual(["create", "create-gateway-user"]);
    expect(await complete("cluster", "create", "--hosts-c")).toEqual(["--hosts-count"]);
    expect(await complete("comple")).toEqual(["completion"]);
  });

  it("knows types, actions, flags and values of a cluster's engine, asking the cluster once", async () => {
    expect(await complete("engine", "west", "cr")).toEqual(["create"]);
    expect(await complete("engine", "west", "create", "vip")).toEqual(["vippools"]);
    session.server.close();
    expect(await complete("engine", "west", "create", "vastVip")).toEqual(["vastVippools"]);
    expect(await complete("engine", "west", "create", "views", "home", "--pol")).toEqual(["--policy-id"]);
    expect(await complete("engine", "west", "create", "views", "home", "--protocols", "n")).toEqual(["NFS", "NFS4"]);
    expect(await complete("engine", "west", "run", "views", "list")).toEqual(["listOpenSmbHandles", "listSeamlessPeers"]);
    expect(await complete("engine", "west", "run", "views", "home", "perm")).toEqual(["permissionsRepair"]);
    expect(await complete("engine", "west", "run", "views", "home", "permissionsRepair", "--target")).toEqual(["--target-path"]);
    expect(await complete("engine", "west", "run", "metr")).toEqual(["metrics"]);
    expect(await complete("engine", "w")).toEqual(["west"]);
  });

  it("says nothing of a cluster that does not answer", async () => {
    session.server.close();
    expect(await complete("engine", "west", "create", "v")).toEqual([]);
  });

  it("comes as a script for bash and zsh, and for no other shell", async () => {
    expect((await session.type("completion", "bash")).text).toContain("complete -o default -F _cynosure cynosure");
    expect((await session.type("completion", "zsh")).text).toContain("compdef _cynosure cynosure");
    expect((await session.type("completion", "fish")).error?.message).toBe("there is no completion for fish; there is for bash and zsh");
  });
});

describe("what clusters said last", () => {
  const parityOf = (hash: string) => ({ ...parityToWire({ ...vastCatalogue, types: vastCatalogue.types.slice(0, 2), operations: [] }), clusterName: "west", documentHash: hash.padStart(64, "0") });
  const place = () => ({ dataDir: session.dataDir, endpoint: session.server.endpoint });
  const kept = (): string[] => readdirSync(join(session.dataDir, "engine-documents")).filter((name) => name !== "clusters.json");

  it("is a file per document, and another one as soon as the cluster says something else", () => {
    rememberParity(place(), "west", parityOf("1"));
    rememberParity(place(), "east", parityOf("1"));
    expect(kept()).toHaveLength(1);
    rememberParity(place(), "west", parityOf("2"));
    rememberParity(place(), "east", parityOf("2"));
    expect(kept()).toEqual([`${"2".padStart(64, "0")}.json`]);
    expect(recallParity(place(), "west")).toMatchObject({ clusterName: "west", documentHash: "2".padStart(64, "0") });
    expect(recallParity({ endpoint: "https://elsewhere", dataDir: session.dataDir }, "north")).toBeNull();
  });

  it("stays small, and is forgotten when it cannot be read", () => {
    for (let at = 1; at <= 20; at++) rememberParity(place(), `c${at}`, parityOf(String(at)));
    expect(kept()).toHaveLength(8);
    expect(recallParity(place(), "c1")).toBeNull();
    expect(recallParity(place(), "c20")).not.toBeNull();
    // As a release before this one kept it.
    writeFileSync(join(session.dataDir, "engine-documents", `${"20".padStart(64, "0")}.json`), JSON.stringify({ engine: "vast", documentHash: "20".padStart(64, "0"), types: [], operations: [] }));
    expect(recallParity(place(), "c20")).toBeNull();
    expect(recallParity(place(), "c19")).toMatchObject({ clusterName: "c19", engine: "vast" });
    writeFileSync(join(session.dataDir, "engine-documents", "clusters.json"), "{");
    expect(recallParity(place(), "c19")).toBeNull();
  });
});
