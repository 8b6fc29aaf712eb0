// `cynosure engine` as a user meets it, against an ARM endpoint whose engine is the real document of one.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ExitCode } from "../exit-code.ts";
import { openEngineSession } from "../testkit/engine-session.ts";
import type { EngineSession } from "../testkit/engine-session.ts";

let session: EngineSession;
beforeEach(async () => {
  session = await openEngineSession();
});
afterEach(() => session.close());

const pool = ["--start-ip", "10.0.0.1", "--end-ip", "10.0.0.9", "--subnet-cidr", "24"];
const engine = (...words: string[]) => session.type("engine", "west", ...words);

describe("objects of a projected type", () => {
  it("are created from flags, listed over all pages, shown, changed and deleted, by any spelling of the type", async () => {
    await engine("create", "views", "home", "--path", "/home", "--policy-id", "3", "--protocols", "nfs", "--protocols", "S3", "--create-dir");
    expect(session.server.asked).toEqual([{ method: "PUT", words: ["vastViews", "home"], query: {}, body: { properties: { path: "/home", policy_id: 3, protocols: ["NFS", "S3"], create_dir: true } } }]);
    await engine("create", "VASTVIEWS", "a", "--path=/a", "--policy_id=1");
    await engine("create", "vastViews", "b", "--path", "/b", "--policy-id", "1", "--no-create-dir");
    expect((await engine("list", "views")).lines).toEqual(["NAME  id  path   protocols  policy_id  create_dir", "home  1   /home  NFS,S3     3          true", "a     2   /a                1", "b     3   /b                1          false"]);
    expect((await engine("update", "views", "home", "--policy-id", "4", "--json")).json).toMatchObject({ name: "home", properties: { policy_id: 4, path: "/home" } });
    expect((await engine("show", "views", "home")).lines).toContain("  policy_id: 4");
    expect((await engine("delete", "views", "home")).lines).toEqual(["delete vastViews home: done"]);
    expect(await engine("show", "views", "home")).toMatchObject({ exitCode: ExitCode.notFound });
  });

  it("take --body, --set over it and flags over both", async () => {
    const file = join(session.dataDir, "body.json");
    writeFileSync(file, JSON.stringify({ path: "/file", policy_id: 1, share: "f" }));
    await engine("create", "views", "b", "--body", `@${file}`, "--set", "policy_id=2", "--set", "share=s", "--set", "share_acl.acl[0].fqdn=a", "--set", "alias=12", "--set", "bucket_creators=x", "--set", "new_field=7", "--policy-id", "3");
    expect(session.server.asked.at(-1)?.body).toEqual({ properties: { path: "/file", policy_id: 3, share: "s", share_acl: { acl: [{ fqdn: "a" }] }, alias: "12", bucket_creators: ["x"], new_field: 7 } });
  });

  it("read a secret from a file, so that no list of processes holds it", async () => {
    const file = join(session.dataDir, "password");
    writeFileSync(file, "s3cret\n");
    await engine("update", "managers", "admin", "--password", `@${file}`);
    expect(session.server.asked.at(-1)?.body).toEqual({ properties: { password: "s3cret" } });
  });

  it("have one name a level, and none where there is only one", async () => {
    await engine("create", "users/accessKeys", "alice", "k/1", "--tenant-id", "1");
    await engine("update", "clusters/auditing", "main", "--max-file-size", "5");
    await engine("show", "basicsettings");
    expect(session.server.asked.map(({ words }) => words)).toEqual([["vastUsers", "alice", "accessKeys", "k~2F1"], ["vastClusters", "main", "auditing", "default"], ["vastBasicsettings", "default"]]);
  });

  it("are named by the parts of a key as they are written, whatever stands in them", async () => {
    await engine("create", "folders", "/a b,1", "--set", "owner=root");
    await engine("show", "schemas", "database_name=db,name=main");
    await engine("show", "views", "..");
    expect(session.server.asked).toMatchObject([{ words: ["vastFolders", "~2Fa~20b,1"], body: { properties: { owner: "root" } } }, { words: ["vastSchemas", "database_name=db,name=main"] }, { words: ["vastViews", "~2E."] }]);
  });

  it("whose name the engine chooses are created without one, and what its deletion takes goes along", async () => {
    session.server.answers.set("create", { status: 201, body: { name: "AK1" } });
    expect((await engine("create", "views", "--path", "/a", "--policy-id", "1")).lines).toEqual(["name: AK1"]);
    await engine("delete", "views", "a", "--force");
    expect(session.server.asked).toEqual([
      { method: "POST", words: ["vastViews", "create"], query: {}, body: { path: "/a", policy_id: 1 } },
      { method: "POST", words: ["vastViews", "a", "deleteWithOptions"], query: {}, body: { force: true } },
    ]);
  });

  it("pass filters of the engine on, and say where a list was cut", async () => {
    for (const name of ["a", "b", "c"]) await engine("create", "views", name, "--path", `/${name}`, "--policy-id", "1");
    const { lines } = await engine("list", "views", "--path", "/a", "--set", "extra=1", "--top", "2");
    expect(session.server.asked.find(({ method }) => method === "GET")?.query).toEqual({ $top: "2", path: "/a", extra: "1" });
    expect(lines.slice(-2)).toEqual(["b     2   /b    1", "The first 2 are shown; --top N shows up to 100000."]);
  });
});

describe("what goes on in the engine", () => {
  beforeEach(() => session.server.asynchronous.add("vastVippools"));

  it("is followed to its end with what it says of its progress", async () => {
    const { lines } = await engine("create", "vippools", "p", ...pool);
    expect(lines[0]).toMatch(/^\d\d:\d\d create vastVippools p: Running, 50 %$/);
    expect(lines).toContain("name: p");
  });

  it("says what a success left undone", async () => {
    session.server.warnings.push("2 of 3 addresses were taken");
    const { lines } = await engine("create", "vippools", "p", ...pool);
    expect(lines).toContain("warning: 2 of 3 addresses were taken");
  });

  it("is not waited for with --no-wait", async () => {
    expect((await engine("delete", "vippools", "none", "--no-wait")).exitCode).toBe(ExitCode.notFound);
    expect((await engine("create", "vippools", "p", ...pool, "--no-wait")).lines).toEqual(["accepted; follow it with: cynosure operation watch op-1"]);
  });

  it("fails with the engine's reason and the operation", async () => {
    session.server.failure = { code: "NativeTaskFailed", message: "no address is left in the pool; give it more" };
    expect((await engine("create", "vippools", "p", ...pool)).error).toMatchObject({ exitCode: ExitCode.failed, code: "NativeTaskFailed", message: "no address is left in the pool; give it more", operationId: "op-1" });
  });
});

describe("actions", () => {
  it("are run on an object, on a collection and on the cluster", async () => {
    session.server.answers.set("listSeamlessPeers", { body: [{ guid: "g" }] });
    session.server.answers.set("vastPrometheusmetrics", { contentType: "text/plain", body: "# HELP x\nx 1\n" });
    expect((await engine("run", "views", "home", "permissions-repair", "--target-path", "/a", "--template-dir-path", "/b", "--template-view-id", "4")).lines).toEqual(["run vastViews home permissionsRepair: done"]);
    expect((await engine("run", "views", "listSeamlessPeers", "--file-path", "/a", "--tenant-guid", "t")).lines).toEqual(["- guid: g"]);
    expect((await engine("run", "prometheusmetrics")).lines).toEqual(["# HELP x", "x 1"]);
    expect(session.server.asked).toEqual([
      { method: "POST", words: ["vastViews", "home", "permissionsRepair"], query: {}, body: { target_path: "/a", template_dir_path: "/b", template_view_id: 4 } },
      { method: "POST", words: ["vastViews", "listSeamlessPeers"], query: {}, body: { file_path: "/a", tenant_guid: "t" } },
      { method: "POST", words: ["vastPrometheusmetrics"], query: {}, body: {} },
    ]);
  });

  it("that end data or service are asked about, and sent only with a yes", async () => {
    expect((await engine("run", "clusters", "wipe")).error).toMatchObject({ exitCode: ExitCode.conflict, message: "run vastClusters wipe on cluster west ends data or service, and nobody said yes; answer with --yes" });
    expect(session.server.asked).toEqual([]);
    expect((await engine("run", "clusters", "wipe", "--yes")).exitCode).toBe(0);
    expect((await engine("list", "envs")).lines).toEqual(["none"]);
  });

  it("take a file with them", async () => {
    const file = join(session.dataDir, "krb5.keytab");
    writeFileSync(file, "keys");
    await engine("run", "kerberos", "k", "replaceKeytab", "--file", file);
    await engine("run", "kerberos", "k", "replaceKeytab", "--source-uri", "https://x/keytab");
    expect(session.server.asked.map(({ body }) => body)).toEqual([{ content: Buffer.from("keys").toString("base64"), fileName: "krb5.keytab" }, { sourceUri: "https://x/keytab" }]);
  });
});

describe("invoke", () => {
  it("sends what is written and shows what the engine answers", async () => {
    session.server.answers.set("invokeNative", { body: { status: 200, contentType: "application/json", body: [{ id: 1 }] } });
    expect((await engine("invoke", "get", "/views/", "--query", "page=1")).lines).toEqual(["- id: 1"]);
    expect(session.server.asked.at(-1)).toMatchObject({ words: ["invokeNative"], body: { method: "GET", path: "/views/", query: [{ name: "page", value: "1" }] } });
  });

  it("asks before a write that no document lists, and ends with 1 when the engine refuses", async () => {
    expect((await engine("invoke", "DELETE", "/nowhere/1/")).error?.message).toMatch(/^invoke DELETE \/nowhere\/1\/ on cluster west is a write that the engine's document does not list/);
    session.server.answers.set("invokeNative", { body: { status: 404, body: { detail: "Not found." } } });
    expect(await engine("invoke", "DELETE", "/nowhere/1/", "--yes")).toMatchObject({ exitCode: ExitCode.failed, lines: ["the engine answered 404", "detail: Not found."] });
    expect((await engine("invoke", "PATCH", "/views/3/", "--body", '{"policy_id":1}')).error).toBeNull();
  });
});
