import { describe, expect, it } from "vitest";
import { cliVerbs } from "@cynosure/sdk";
import type { CliVerb } from "@cynosure/sdk";
import { ExitCode } from "../exit-code.ts";
import { didYouMean } from "../did-you-mean.ts";
import { buildProgram } from "../program.ts";
import { describeBody } from "./run-verb.ts";
import { requestOf } from "./verb-arguments.ts";

const session = { subscriptionId: "s", resourceGroupName: "quickstart", location: "local" };

function verbOf(noun: string, verb: string): CliVerb {
  const found = cliVerbs.find((each) => each.noun === noun && each.verb === verb);
  if (found === undefined) throw new Error(`no ${noun} ${verb}`);
  return found;
}

describe("commands made from the contract", () => {
  it("turn flags into the body at the place the contract says, with the session's defaults for the path", () => {
    const request = requestOf(verbOf("cluster", "create"), "west", { engine: "simulated", substrate: "simulated", hostsSize: "local-small", hostsCount: "8", protectionHostFailures: "1", tags: ["team=ocean", "cost=42"] }, session, undefined);
    expect(request).toEqual({
      parameters: { subscriptionId: "s", resourceGroupName: "quickstart", clusterName: "west" },
      body: { location: "local", tags: { team: "ocean", cost: "42" }, properties: { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count: 8 }, protection: { hostFailures: 1 } } },
    });
  });

  it("let flags win over the body file and name every required flag that is missing", () => {
    const verb = verbOf("filesystem", "create");
    const body = { properties: { usableCapacityGB: 8, protocols: ["nfs"], protection: { hostFailures: 1 } } };
    expect(requestOf(verb, "home", { cluster: "west", usableCapacityGb: "16" }, session, body).body).toMatchObject({ properties: { usableCapacityGB: 16, protocols: ["nfs"] } });
    expect(body.properties.usableCapacityGB).toBe(8);
    expect(() => requestOf(verb, "home", { cluster: "west" }, session, undefined)).toThrow(/needs --usable-capacity-gb, --protocols, --protection-host-failures/);
    expect(() => requestOf(verb, undefined, { cluster: "west" }, session, body)).toThrow(/needs a name/);
    expect(() => requestOf(verb, "home", {}, session, body)).toThrow(/needs --cluster/);
  });

  it("fill in from the session what neither flags nor the body say, and nothing else", () => {
    const verb = verbOf("cluster", "create");
    const properties = { engine: "simulated", substrate: "simulated", hosts: { size: "local-small", count: 3 }, protection: { hostFailures: 1 } };
    const locationOf = (options: Record<string, unknown>, body: unknown): unknown => (requestOf(verb, "west", options, session, body).body as { location: unknown }).location; // a body of a cluster
    expect(locationOf({}, { properties })).toBe("local");
    expect(locationOf({}, { location: "north", properties })).toBe("north");
    expect(locationOf({ location: "south" }, { location: "north", properties })).toBe("south");
  });

  it("refuse a value of the wrong type with the usage code", () => {
    const refuse = (options: Record<string, unknown>): unknown => {
      try {
        return requestOf(verbOf("cluster", "create"), "west", options, session, {});
      } catch (error) {
        return error;
      }
    };
    expect(refuse({ hostsCount: "many" })).toMatchObject({ exitCode: ExitCode.usage, message: '--hosts-count is "many"; it must be a whole number' });
    expect(refuse({ tags: ["team"] })).toMatchObject({ exitCode: ExitCode.usage });
  });

  it("exist for every resource of the contract, with --json everywhere and help that explains the exit codes", () => {
    const { command } = buildProgram(new AbortController().signal);
    const names = command.commands.map((each) => each.name());
    for (const noun of ["up", "login", "doctor", "cluster", "filesystem", "bucket", "host", "operation"]) expect(names).toContain(noun);
    const verbs = (noun: string): string[] => command.commands.find((each) => each.name() === noun)?.commands.map((each) => each.name()) ?? [];
    expect(verbs("cluster")).toEqual(expect.arrayContaining(["create", "show", "list", "plan", "wait", "delete"]));
    expect(verbs("plan")).toEqual(["show", "list"]);
    expect(command.commands.find((each) => each.name() === "cluster")?.commands.find((each) => each.name() === "plan")?.aliases()).toEqual(["what-if"]);
    expect(verbs("operation")).toEqual(expect.arrayContaining(["show", "watch"]));
    const leaves = command.commands.flatMap((each) => (each.commands.length === 0 ? [each] : each.commands));
    expect(leaves.filter((leaf) => !leaf.options.some((option) => option.long === "--json")).map((leaf) => leaf.name())).toEqual([]);
  });
});

describe("answers for people", () => {
  it("show a list as a table of plain values and one thing as it is", () => {
    expect(describeBody({ value: [{ name: "home", properties: { usableCapacityGB: 8, provisioningState: "Succeeded", protection: { hostFailures: 1 } } }] })).toEqual(["name  provisioningState  usableCapacityGB", "home  Succeeded          8"]);
    expect(describeBody({ value: [] })).toEqual(["none"]);
    expect(describeBody({ name: "home", properties: { protocols: ["nfs"] } })).toEqual(["name: home", "properties:", "  protocols:", "    - nfs"]);
  });

  it("suggest what was probably meant, and nothing when nothing is near", () => {
    expect(didYouMean("fileSystem", ["fileSystems", "buckets"])).toBe("fileSystems");
    expect(didYouMean("zebra", ["fileSystems", "buckets"])).toBeNull();
  });
});
