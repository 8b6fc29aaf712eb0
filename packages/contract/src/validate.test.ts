// The validator against bodies as users write them: one issue per field, with its path and a remedy.
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { routes, validate } from "./index.ts";
import type { Cluster } from "./index.ts";

const cluster: Cluster = {
  location: "local",
  properties: { engine: "ceph", substrate: "local", hosts: { size: "small", count: 8 }, protection: { hostFailures: 1 } },
};

const withProperties = (properties: object): unknown => ({ ...cluster, properties: { ...cluster.properties, ...properties } });
const targets = (body: unknown): string[] => validate("Clusters_CreateOrUpdate", body).map((issue) => issue.target);

describe("a PUT body", () => {
  it("passes with what is required", () => {
    expect(validate("Clusters_CreateOrUpdate", cluster)).toEqual([]);
  });

  it("passes with everything a GET answers, because az writes back what it read", () => {
    const answered = {
      ...cluster,
      id: "/subscriptions/s/resourceGroups/rg/providers/Cynosure.Storage/clusters/c",
      name: "c",
      type: "Cynosure.Storage/clusters",
      etag: '"1"',
      systemData: { createdAt: "2026-12-01T00:00:00Z", createdBy: "someone" },
      properties: { ...cluster.properties, provisioningState: "Succeeded", isSimulated: false, endpoints: [{ name: "nfs-1" }], health: { status: "HEALTH_OK" } },
    };
    expect(validate("Clusters_CreateOrUpdate", answered)).toEqual([]);
  });

  it("is refused with an unknown property, and the nearest known one is offered", () => {
    expect(validate("Clusters_CreateOrUpdate", withProperties({ hosts: { size: "small", cuont: 8 } }))).toEqual([
      { target: "properties.hosts.count", message: "count is missing; add it" },
      { target: "properties.hosts.cuont", message: "cuont is not a property of hosts; did you mean count?; allowed: size, count" },
    ]);
  });

  it("is told of every wrong field at once, one issue per field", () => {
    const body = { location: "local", properties: { engine: "cehp", substrate: "local", hosts: { size: "", count: 2 }, protection: { hostFailures: 99, scheme: "mirror" } } };
    expect(targets(body).sort()).toEqual(["properties.engine", "properties.hosts.count", "properties.hosts.size", "properties.protection.hostFailures", "properties.protection.scheme"]);
  });

  it("is told which values there are, and which one was probably meant", () => {
    expect(validate("Clusters_CreateOrUpdate", withProperties({ engine: "cehp" }))).toEqual([{ target: "properties.engine", message: "'cehp' is not allowed; did you mean ceph?; use one of: ceph, vast, simulated" }]);
  });

  it("is told the range of a number", () => {
    expect(validate("Clusters_CreateOrUpdate", withProperties({ hosts: { size: "small", count: 2 } }))).toEqual([{ target: "properties.hosts.count", message: "2 is out of range; use a number between 3 and 1024" }]);
  });

  it("must be an object", () => {
    expect(validate("Clusters_CreateOrUpdate", null)).toEqual([{ target: "", message: "must be of type object, not null" }]);
    expect(validate("Clusters_CreateOrUpdate", [])).toEqual([{ target: "", message: "must be of type object, not array" }]);
  });
});

describe("a PATCH body", () => {
  it("may say as little as it likes, and null removes", () => {
    expect(validate("Clusters_Update", {})).toEqual([]);
    expect(validate("Clusters_Update", { tags: { team: "a" } })).toEqual([]);
    expect(validate("Clusters_Update", { tags: null, properties: { engineVersion: null, protection: { scheme: null } } })).toEqual([]);
  });

  it("is refused where it changes what creation fixed or the server owns", () => {
    expect(validate("Clusters_Update", { properties: { engine: "ceph", health: {} } })).toEqual([
      { target: "properties.engine", message: "engine is set on creation and cannot be changed; leave it out, or create another resource" },
      { target: "properties.health", message: "health is read-only; leave it out" },
    ]);
  });
});

describe("a requirement", () => {
  const site = { name: "here", location: "local", hosts: { count: 8 }, fileSystems: [{ name: "home", usableCapacityGB: 8, protocols: ["nfs"], protection: { hostFailures: 1 } }], buckets: [{ name: "results", protection: { hostFailures: 2 } }] };

  it("passes as the example is written", () => {
    expect(validate("Sizing_Size", { name: "proof-of-concept", sites: [site] })).toEqual([]);
  });

  it("names the item of a list that is wrong", () => {
    const issues = validate("Sizing_Size", { name: "proof-of-concept", sites: [site, { ...site, hosts: { cout: 8 } }] });
    expect(issues.map((issue) => issue.target)).toEqual(["sites[1].hosts.count", "sites[1].hosts.cout"]);
  });
});

describe("any operation", () => {
  it("says that a body is missing, not that it is undefined", () => {
    expect(validate("Clusters_CreateOrUpdate", undefined)).toEqual([{ target: "", message: "is missing; send a JSON object" }]);
  });

  it("stays short whatever a client names and however often: 100 problems, names of 80 characters", () => {
    const [issue] = validate("ResourceGroups_Update", { ["x".repeat(5000)]: 1 });
    expect([issue?.target.length, (issue?.message.length ?? 0) < 300]).toEqual([80, true]);
    expect(validate("ResourceGroups_Update", Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1])))).toHaveLength(100);
  });

  it("answers issues with a target and a remedy for any JSON, and never throws", () => {
    const withBody = routes.filter((route) => route.requestSchema !== null);
    expect(withBody.length).toBeGreaterThan(5);
    fc.assert(
      fc.property(fc.constantFrom(...withBody), fc.jsonValue({ maxDepth: 4 }), (route, body) => {
        const issues = validate(route.operationId, body);
        expect(new Set(issues.map((issue) => issue.target)).size).toBe(issues.length);
        for (const issue of issues) expect(issue.message.length).toBeGreaterThan(10);
      }),
      { numRuns: 300 },
    );
  });

  it("takes a body where the contract has none as nothing to check", () => {
    expect(validate("Clusters_Get", { anything: 1 })).toEqual([]);
  });
});
