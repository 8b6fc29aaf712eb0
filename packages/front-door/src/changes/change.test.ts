import { describe, expect, it } from "vitest";
import { resourceKey } from "@cynosure/model";
import { isWithin, readTopic } from "./change.ts";

const SUBSCRIPTION = "/subscriptions/s1";
const GROUP = `${SUBSCRIPTION}/resourcegroups/g1`;
const CLUSTER = `${GROUP}/providers/cynosure.storage/clusters/c1`;
const ROLE = "/providers/microsoft.authorization/roleassignments/r1";

describe("a topic of the store", () => {
  it.each([
    [`cluster:${CLUSTER}`, { look: CLUSTER }],
    [`resource:${CLUSTER}`, { key: CLUSTER, kind: "cluster" }],
    [`resource:${CLUSTER}/filesystems/home`, { key: CLUSTER, kind: "cluster" }],
    [`resource:${GROUP}`, { key: GROUP, kind: "cluster" }],
    [`resource:${CLUSTER}${ROLE}`, { key: CLUSTER, kind: "access" }],
    [`resource:${CLUSTER}/buckets/b${ROLE}`, { key: CLUSTER, kind: "access" }],
    [`resource:${GROUP}${ROLE}`, { key: GROUP, kind: "access" }],
    [`resource:${SUBSCRIPTION}${ROLE}`, { key: SUBSCRIPTION, kind: "access" }],
    [`resource:${ROLE}`, { key: "/", kind: "access" }],
    [`resource:${SUBSCRIPTION}`, null],
    [`resource:${GROUP}/providers/other.type/things/t`, null],
    [`cluster:${SUBSCRIPTION}`, null],
    [`host:${CLUSTER}/host-1`, null],
    ["access", null],
    ["", null],
  ])("%s is about %j", (topic, expected) => {
    expect(readTopic(topic)).toEqual(expected);
  });
});

describe("a change", () => {
  it("is of its own subscription, whatever the casing, and what is above all is of each", () => {
    expect([CLUSTER, SUBSCRIPTION, "/"].map((key) => isWithin(resourceKey(key), "S1"))).toEqual([true, true, true]);
    expect([CLUSTER, SUBSCRIPTION].map((key) => isWithin(resourceKey(key), "s"))).toEqual([false, false]);
  });
});
