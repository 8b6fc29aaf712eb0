// What `cynosure engine` says: help from the document, and refusals that name what was meant.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parityToWire } from "@cynosure/projected-routes/testkit";
import { buildCatalogue } from "@cynosure/projection";
import cephFacts from "@cynosure/projection/documents/ceph.json" with { type: "json" };
import { ExitCode } from "../exit-code.ts";
import { vastCatalogue } from "../testkit/engine-arm-server.ts";
import { openEngineSession } from "../testkit/engine-session.ts";
import type { EngineSession } from "../testkit/engine-session.ts";
import { describeAction, describeType, describeVerb } from "./describe-help.ts";
import { COMMANDS, canDo, describeTypes, searchTypes } from "./describe-types.ts";

let session: EngineSession;
beforeAll(async () => {
  session = await openEngineSession();
});
afterAll(() => session.close());

const engine = (...words: string[]) => session.type("engine", "west", ...words);

describe("help", () => {
  it("lists types and the cluster's actions, and finds them by fields too", async () => {
    const all = await engine("types");
    expect(all.lines.filter((line) => line.startsWith("vast") && !line.includes(","))).toHaveLength(vastCatalogue.types.length);
    expect((await engine("types", "--search", "s3cors")).lines.slice(0, 2)).toEqual(["TYPE                           CAN    NAMED BY   FIELDS  ACTIONS", "vastViews/s3corsConfiguration  -S-UD  singleton       2        0"]);
    expect((await engine("types", "--search", "nothing like it")).text).toContain("leave out --search");
  });

  it("shows the flags of a command with what is required", async () => {
    const { lines } = await engine("help", "views", "create");
    expect(lines[0]).toBe("cynosure engine west create vastViews NAME --path VALUE --policy-id N [flags]");
    expect(lines).toContain("  --path string                                 required");
    expect(lines).toContain("  --abe-protocols string[]                      one of NFS SMB NFS4 S3");
    expect(await engine("create", "views", "home", "--help")).toMatchObject({ lines });
  });

  it("says of an action what it needs and that it is asked about", async () => {
    const { text } = await engine("help", "clusters", "wipe");
    expect(text).toContain("Cynosure.Storage/clusters/engineInternals/vastClusters/wipe/action");
    expect(text).toContain("It is destructive: asked about first unless --yes");
    expect((await engine("help", "metrics")).lines[0]).toBe("cynosure engine west run vastMetrics [flags]");
  });

  it("fits into 80 columns", async () => {
    const { lines } = await session.type("engine", "--help");
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("of every type, command and action of both engines fits into 80 columns", () => {
    for (const catalogue of [vastCatalogue, buildCatalogue("ceph", cephFacts)]) {
      const parity = { ...parityToWire(catalogue), clusterName: "a-cluster-with-a-long-name" };
      const ofTypes = parity.types.flatMap((type) => [...describeType(parity, type, 80), ...COMMANDS.filter((command) => canDo(type, command)).flatMap((command) => describeVerb(parity, type, command, 80))]);
      const ofActions = parity.operations.filter(({ action }) => action !== undefined).flatMap((operation) => describeAction(parity, parity.types.find(({ type }) => type === operation.type) ?? null, operation, 80));
      const lines = [...describeTypes(parity, searchTypes(parity, null), null, 80), ...ofTypes, ...ofActions];
      expect(lines.length).toBeGreaterThan(1000);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });
});

describe("refusals", () => {
  it.each([
    [["create", "veiws", "x"], /^vast has no type veiws; did you mean views\? "cynosure engine west types" lists the 135 it has$/],
    [["update", "views", "home", "--polcy-id", "4"], /^update vastViews has no --polcy-id; did you mean --policy-id\? .* --set NAME=VALUE sends what no document lists$/],
    [["update", "views", "home", "--tenant-id", "4"], /^--tenant-id is taken at creation only: tenant_id of what is there stays as it is$/],
    [["create", "views", "home"], /^create vastViews home needs --path, --policy-id; /],
    [["create", "views", "home", "--policy-id", "many"], /^--policy-id is "many"; it must be a whole number$/],
    [["create", "views", "home", "--policy-id"], /^--policy-id needs a value; write --policy-id=VALUE$/],
    [["create", "views", "home", "--protocols", "NFX"], /^--protocols is "NFX"; allowed: NFS, .*; did you mean NFS\? --set sends another value$/i],
    [["create", "envs", "x"], /^the engine has no create for vastEnvs; it has list, show$/],
    [["update", "views", "home"], /^update vastViews home changes nothing; /],
    [["show", "views"], /^an object of vastViews needs a name; write vastViews NAME$/],
    [["show", "views", "a", "b"], /^an object of vastViews has one name, and 2 were given \(a b\)/],
    [["run", "views", "home", "permisionsRepair"], /^vastViews has no action permisionsRepair; did you mean permissionsRepair\? It has closeSmbHandle/],
    [["run", "views", "permissionsRepair"], /^permissionsRepair is run on one object, and no name was given; write run vastViews NAME permissionsRepair$/],
    [["run", "metrix"], /^vast has no action metrix of the cluster; did you mean metrics\?/],
    [["create", "views", "x", "--body", "body.json"], /^--body is "body\.json"; write --body @FILE/],
    [["create", "views", "x", "--set", "a[3]=1"], /^--set is "a\[3\]=1": a has 0 members, so the next is \[0\]/],
    [["create", "views", "x", "--set", "__proto__.a=1"], /__proto__ is no name of a value/],
    [["list", "views", "--top", "0"], /^--top is "0"; it must be a whole number from 1 to 100000$/],
    [["invoke", "FETCH", "/views/"], /^FETCH is no method of the engine; allowed: GET/],
    [["lst", "views"], /^engine west has no command lst; did you mean list\? There are types, help/],
    [[], /^engine west needs a command; there are types, help/],
  ])("say what is wrong with %j, why, and what to write", async (words, message) => {
    const before = session.server.asked.length;
    const { error } = await engine(...words);
    expect(error).toMatchObject({ exitCode: ExitCode.usage, message: expect.stringMatching(message) as unknown });
    expect(session.server.asked).toHaveLength(before);
  });
});
