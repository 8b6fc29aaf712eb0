import { clusterKey, hostId } from "@cynosure/model";
import type { HostPlan } from "@cynosure/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeholdersOf, renderHostPlan } from "./placeholders.ts";
import type { PlaceholderValues } from "./placeholders.ts";

const planWith = (text: string, argv: readonly string[] = ["serve"], env: Readonly<Record<string, string>> = {}): HostPlan => ({
  clusterKey: clusterKey("/c"), hostId: hostId("host-1"), generation: 3, stage: 1, image: { name: "x" }, disks: [],
  files: [{ path: "/var/lib/cynosure/a.conf", mode: 0o600, stage: 1, text }],
  daemons: [{ id: "d", kind: "k", prepareStage: 1, stage: 1, prepare: [{ argv, creates: "/var/lib/cynosure/ok", timeoutMsMax: 1000 }], argv, env, reads: [], stopSignal: "SIGTERM", stopTimeoutMsMax: 1 }],
});
const values = (entries: Partial<Record<keyof PlaceholderValues, Record<string, string>>>): PlaceholderValues => ({
  address: new Map(Object.entries(entries.address ?? {})), secret: new Map(Object.entries(entries.secret ?? {})), output: new Map(Object.entries(entries.output ?? {})),
});

describe("placeholders of a host plan", () => {
  it("are filled in files, commands, arguments and environment", () => {
    const outcome = renderHostPlan(planWith("mon={{address:host-2}}\nkey={{secret:admin}}", ["run", "--path={{output:home.path}}"], { KEY: "{{secret:admin}}" }),
      values({ address: { "host-2": "10.0.0.2" }, secret: { admin: "s3cr3t" }, output: { "home.path": "/volumes/home" } }));
    expect(outcome).toMatchObject({ ok: true, plan: { generation: 3, files: [{ text: "mon=10.0.0.2\nkey=s3cr3t" }], daemons: [{ argv: ["run", "--path=/volumes/home"], env: { KEY: "s3cr3t" }, prepare: [{ argv: ["run", "--path=/volumes/home"] }] }] } });
  });
  it("without a value are named, and nothing is served", () => {
    expect(renderHostPlan(planWith("{{secret:absent}} {{address:host-9}} {{secret:there}}"), values({ secret: { there: "hidden-value" } }))).toEqual({ ok: false, missing: ["{{address:host-9}}", "{{secret:absent}}"] });
  });
  it("of an unknown kind are an error, not text", () => {
    expect(renderHostPlan(planWith("{{passwd:root}}"), values({}))).toEqual({ ok: false, missing: ["{{passwd:root}}"] });
  });
  it("are listed once each", () => {
    expect(placeholdersOf(planWith("{{secret:a}}{{secret:a}}{{output:b}}"))).toEqual([{ kind: "secret", name: "a" }, { kind: "output", name: "b" }]);
  });
  it("do not touch double braces that belong to the file", () => {
    const text = "template {{ name }} {{.Field}} ${{x}}";
    expect(renderHostPlan(planWith(text), values({}))).toMatchObject({ ok: true, plan: { files: [{ text }] } });
  });
  it("are never looked for inside a value, whatever it holds", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (before, value) => {
      const plain = before.replaceAll("{", "");
      const outcome = renderHostPlan(planWith(`${plain}{{secret:v}}`), values({ secret: { v: `${value}{{secret:other}}$&` } }));
      expect(outcome).toMatchObject({ ok: true, plan: { files: [{ text: `${plain}${value}{{secret:other}}$&` }] } });
    }));
  });
});
