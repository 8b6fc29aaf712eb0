// Twelve collections made, changed, renamed and removed through ARM and natively, in an order that a seed draws: after every
// step both views hold the same objects. What is compared is what a plain request reads from the engine itself.
import { describe, expect, it } from "vitest";
import { draws } from "../seeded-draws.ts";
import { comparedCollections } from "./collections.ts";
import type { ComparedCollection } from "./collections.ts";
import { openEmulatedViews } from "./emulated-views.ts";
import type { ArmResource, EmulatedViews, Json } from "./emulated-views.ts";

const SEEDS = [1, 2, 3];
const STEPS = 70;
/** So that lists of few objects have several pages. */
const TOP = 3;
const HIDDEN = "Hidden-word-17";

interface Known {
  /** Whoever made it through ARM goes on finding it under this name. */
  readonly armNames: Map<string, string>;
  next: number;
}

async function nativeRows(views: EmulatedViews, { native }: ComparedCollection): Promise<readonly Json[]> {
  const { status, body } = await views.native("GET", `${native}/`);
  expect(status).toBe(200);
  return body as readonly Json[]; // a bare list, as it was asked for
}

async function compare(views: EmulatedViews, collection: ComparedCollection, known: Known): Promise<void> {
  const { armType } = collection;
  const [rows, listed] = [await nativeRows(views, collection), await views.armList(armType, TOP)];
  const byId = new Map(rows.map((row) => [String(row["id"]), row]));
  expect(listed.map(({ properties }) => properties["nativeId"]).toSorted()).toEqual([...byId.keys()].toSorted());
  expect(new Set(listed.map(({ name }) => name.toLowerCase())).size).toBe(listed.length);
  for (const resource of listed) {
    const { nativeId, ...properties } = resource.properties;
    expect(properties).toEqual(byId.get(String(nativeId)));
    expect(JSON.stringify(resource)).not.toContain(HIDDEN);
  }
  for (const [nativeId, name] of known.armNames) expect(listed.find(({ properties }) => properties["nativeId"] === nativeId)?.name).toBe(name);
}

/** One object in full: an answer of its own may hold more than a list. */
async function compareOne(views: EmulatedViews, { native, armType }: ComparedCollection, resource: ArmResource): Promise<void> {
  const one = await views.armRow("GET", `${armType}/${resource.name}`);
  const { nativeId, ...properties } = one.properties;
  expect(one.id).toBe(resource.id);
  expect(properties).toEqual((await views.native("GET", `${native}/${String(nativeId)}/`)).body);
  expect((await views.armRow("GET", `${armType}/id-${String(nativeId)}`)).properties).toEqual(one.properties);
}

async function removeThroughArm(views: EmulatedViews, armPath: string): Promise<void> {
  const { status, operation } = await views.arm("DELETE", armPath);
  expect(status).toBe(operation === undefined ? 200 : 202);
  if (operation === undefined) return;
  await expect.poll(async () => (await views.types.readOperation(operation.id, () => Promise.resolve(views.engine)))?.operation.status).toBe("Succeeded");
}

type Draw = () => number;
const pick = <T>(draw: Draw, list: readonly T[]): T | undefined => list[Math.floor(draw() * list.length)];

async function step(views: EmulatedViews, collection: ComparedCollection, known: Known, draw: Draw): Promise<string> {
  const { native, armType } = collection;
  const rows = (await nativeRows(views, collection)).filter(({ name }) => String(name).startsWith("o"));
  const listed = await views.armList(armType, TOP);
  const row = pick(draw, rows);
  const resource = row === undefined ? undefined : listed.find(({ properties }) => properties["nativeId"] === String(row["id"]));
  const isArm = draw() < 0.5;
  const kind = row === undefined || resource === undefined ? "create" : (pick(draw, ["create", "create", "change", "change", "put again", "rename", "remove", "read"] as const) ?? "create");
  const n = (known.next += 1);
  const name = `o${native.slice(0, 3)}${n}`;
  if (kind === "create" || row === undefined || resource === undefined) {
    if (!isArm) {
      expect((await views.native("POST", `${native}/`, { ...collection.create(n), name })).status).toBe(201);
      return "create natively";
    }
    const made = await views.arm("PUT", `${armType}/${name}`, { properties: collection.create(n) });
    const { name: given, properties } = made.body as ArmResource; // what a PUT answers
    expect([made.status, given]).toEqual([201, name]);
    known.armNames.set(String(properties["nativeId"]), name);
    return "create through ARM";
  }
  const [path, armPath] = [`${native}/${String(row["id"])}/`, `${armType}/${resource.name}`];
  switch (kind) {
    case "change":
      if (isArm) await views.arm(draw() < 0.5 ? "PUT" : "PATCH", armPath, { properties: collection.change(n) });
      else expect((await views.native("PATCH", path, collection.change(n))).status).toBe(200);
      expect((await views.native("GET", path)).body).toMatchObject(collection.change(n));
      break;
    case "put again": {
      const before = (await views.native("GET", path)).body;
      await views.arm("PUT", armPath, { properties: resource.properties });
      expect((await views.native("GET", path)).body).toEqual(before);
      break;
    }
    case "rename":
      if (!collection.canRename) break;
      // Who has looked it up by its name goes on finding it under that.
      await views.arm("GET", armPath);
      known.armNames.set(String(row["id"]), resource.name);
      if (isArm) await views.arm("PATCH", armPath, { properties: { name } });
      else expect((await views.native("PATCH", path, { name })).status).toBe(200);
      break;
    case "remove":
      if (isArm) await removeThroughArm(views, armPath);
      else expect([200, 204]).toContain((await views.native("DELETE", path)).status);
      // Some are removed by a task.
      await expect.poll(async () => (await views.native("GET", path)).status).toBe(404);
      expect((await views.arm("DELETE", armPath)).status).toBe(204);
      known.armNames.delete(String(row["id"]));
      break;
    default:
      await compareOne(views, collection, resource);
  }
  return `${kind} ${isArm ? "through ARM" : "natively"}`;
}

describe("both views of an engine's objects", () => {
  it.each(SEEDS)("agree after every step of twelve collections, seed %d", { timeout: 120_000 }, async (seed) => {
    const views = await openEmulatedViews({ seed, delays: { taskMs: 10 } });
    try {
      const draw = draws(seed);
      const policy = await views.native("POST", "viewpolicies/", { name: "first", flavor: "NFS" });
      expect(policy.status).toBe(201);
      const pool = await views.native("POST", "vippools/", { name: "first", subnet_cidr: 24 });
      expect(pool.status).toBe(201);
      const known = new Map(comparedCollections.map((each) => [each, { armNames: new Map(), next: 0 } satisfies Known]));
      const done: string[] = [];
      for (const [collection, own] of known) await compare(views, collection, own);
      for (let at = 0; at < STEPS; at += 1) {
        // Each collection in turn at first, so that none is left out.
        const collection = comparedCollections[at % comparedCollections.length] ?? pick(draw, comparedCollections);
        const own = collection === undefined ? undefined : known.get(collection);
        if (collection === undefined || own === undefined) throw new Error("no collection to draw");
        done.push(`${collection.native}: ${await step(views, collection, own, draw)}`);
        await compare(views, collection, own).catch((error: unknown) => {
          throw new Error(`seed ${seed}, after step ${at}: ${done.slice(-5).join("; ")}`, { cause: error });
        });
      }
    } finally {
      await views.close();
    }
  });
});
