// The route table against the ARM rules that concern the contract itself (rule ids as in docs of the protocol).
import { describe, expect, it } from "vitest";
import { cliVerbs, dataActions, isDataAction, providerOperations, routes } from "./index.ts";

const own = routes.filter((route) => route.namespace === "Cynosure.Storage");

describe("routes", () => {
  it("V1: every route of the provider is served at the contract's version", () => {
    for (const route of own) expect(route.apiVersions, route.operationId).toEqual(["2026-12-01"]);
  });

  it("U5: every resource name has an explicit pattern", () => {
    for (const route of own) {
      for (const parameter of route.pathParameters.filter(({ name }) => name.endsWith("Name"))) expect(parameter.pattern, `${route.operationId} ${parameter.name}`).toBeDefined();
    }
    const name = routes.find((route) => route.operationId === "Clusters_Get")?.pathParameters.find((parameter) => parameter.name === "clusterName");
    expect(name).toMatchObject({ pattern: "^[a-z][a-z0-9-]{1,30}[a-z0-9]$", lengthMin: 3, lengthMax: 32 });
  });

  it("P1, A2, D1: writes declare exactly the codes of their verb", () => {
    const codes = { createOrUpdate: ["200", "201"], update: ["200", "202"], delete: ["202", "204"] };
    for (const route of own) {
      if (route.verb === "createOrUpdate" || route.verb === "update" || route.verb === "delete") {
        expect(Object.keys(route.responseSchemas), route.operationId).toEqual(codes[route.verb]);
        expect(route.longRunning, route.operationId).not.toBeNull();
      }
    }
  });

  it("L7: PUT ends at the operation's status, PATCH and DELETE at Location", () => {
    for (const route of own.filter((candidate) => candidate.longRunning !== null)) {
      expect(route.longRunning?.finalStateVia, route.operationId).toBe(route.method === "PUT" ? "azure-async-operation" : "location");
    }
  });

  it("G3: every list of resources is paged", () => {
    for (const route of routes.filter((candidate) => candidate.verb === "list")) expect(route.pageable, route.operationId).toBe(true);
  });

  it("§15: permissions follow the verb, and an action is its own permission", () => {
    const permission = (id: string): string | undefined => routes.find((route) => route.operationId === id)?.permission;
    expect(permission("Clusters_Get")).toBe("Cynosure.Storage/clusters/read");
    expect(permission("FileSystems_Update")).toBe("Cynosure.Storage/clusters/fileSystems/write");
    expect(permission("Clusters_ListCredentials")).toBe("Cynosure.Storage/clusters/listCredentials/action");
    expect(permission("Sizing_Size")).toBe("Cynosure.Storage/locations/size/action");
    expect(permission("NameAvailability_Check")).toBe("Cynosure.Storage/checkNameAvailability/action");
    for (const route of routes) expect(route.permission, route.operationId).toMatch(/^[A-Za-z]+\.[A-Za-z]+(\/[A-Za-z]+)+$/);
    expect(permission("ResourceGroups_Delete")).toBe("Microsoft.Resources/subscriptions/resourceGroups/delete");
  });

  it("no two routes share a method and a path", () => {
    const keys = routes.map((route) => `${route.method} ${route.path.toLowerCase().replace(/\{[^}]+\}/g, "{}")}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the operations list", () => {
  const names = providerOperations.map((operation) => operation.name);

  it("§15: is a bijection with the permissions of the routes, plus register and unregister", () => {
    const permissions = new Set(own.map((route) => route.permission));
    expect(names).toEqual([...permissions, "Cynosure.Storage/register/action", "Cynosure.Storage/unregister/action"].sort());
  });

  it("§15: marks the data actions, each of which is a permission of a route, and nothing else", () => {
    expect(providerOperations.filter((operation) => operation.isDataAction).map((operation) => operation.name)).toEqual([...dataActions].sort());
    expect(isDataAction("CYNOSURE.storage/clusters/listcredentials/ACTION")).toBe(true);
    expect(isDataAction("Cynosure.Storage/clusters/read")).toBe(false);
  });

  it("§15: says each operation in words that are unique within its type", () => {
    const words = providerOperations.map(({ display }) => `${display?.resource}: ${display?.operation}`);
    expect(new Set(words).size).toBe(words.length);
    expect(words).toContain("File Systems: Create or Update File System");
    expect(words).toContain("Clusters: List Credentials");
  });
});

describe("CLI verbs", () => {
  it("no two operations share a noun and a verb, but the two scopes of a list", () => {
    const keys = cliVerbs.filter((verb) => verb.operationId !== "Clusters_ListBySubscription").map((verb) => `${verb.noun} ${verb.verb}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("nested properties become flags with type, description and requirement", () => {
    const create = cliVerbs.find((verb) => verb.operationId === "Clusters_CreateOrUpdate");
    expect(create).toMatchObject({ noun: "cluster", verb: "create", longRunning: true });
    expect(create?.flags.find((flag) => flag.flag === "--hosts-count")).toEqual({ flag: "--hosts-count", path: ["properties", "hosts", "count"], type: "integer", description: "Number of hosts.", required: true });
    expect(create?.flags.find((flag) => flag.flag === "--engine")).toMatchObject({ enum: ["ceph", "vast", "simulated"], required: true });
    expect(create?.flags.map((flag) => flag.flag)).not.toContain("--provisioning-state");
  });

  it("the thing itself is the positional argument, what it is in comes from a flag or the session", () => {
    const shape = (id: string) => cliVerbs.find((verb) => verb.operationId === id)?.parameters.map(({ flag, positional, fromSession }) => `${flag}${positional ? " positional" : ""}${fromSession ? " session" : ""}`);
    expect(shape("Hosts_Get")).toEqual(["--subscription session", "--resource-group session", "--cluster", "--name positional"]);
    expect(shape("Hosts_ListByCluster")).toEqual(["--subscription session", "--resource-group session", "--cluster"]);
    expect(shape("Clusters_ListCredentials")).toEqual(["--subscription session", "--resource-group session", "--name positional"]);
    expect(shape("ResourceGroups_Get")).toEqual(["--subscription session", "--name positional"]);
  });

  it("one flag name means one property within a command", () => {
    for (const verb of cliVerbs) {
      const flags = [...verb.flags.map((flag) => flag.flag), ...verb.parameters.map((parameter) => parameter.flag)];
      const clash = flags.filter((flag, index) => flags.indexOf(flag) !== index);
      expect(clash, `${verb.noun} ${verb.verb}`).toEqual([]);
    }
  });
});
