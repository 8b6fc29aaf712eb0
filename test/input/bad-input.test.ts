// Bad input at scale: every operation of the OpenAPI documents, with requests the document allows and
// requests it does not, against the served front half. INPUT_SEED (a number, or `random`)
// chooses the run, INPUT_COUNT sizes it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerFaults } from "./answer-faults.ts";
import { bodyBreakers } from "./body-breakers.ts";
import { documents, readDocument } from "./openapi-document.ts";
import type { DocumentedOperation } from "./openapi-document.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Random } from "./seeded-random.ts";
import { openServedProduct } from "./served-product.ts";
import type { Answer, ServedProduct } from "./served-product.ts";
import { Memory, drawRequest, identityTypes } from "./valid-request.ts";
import type { TestRequest } from "./valid-request.ts";
import { wireBreakers } from "./wire-breakers.ts";

const SEED = process.env["INPUT_SEED"] === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(process.env["INPUT_SEED"] ?? "20261122");
const REQUESTS = Number(process.env["INPUT_COUNT"] ?? 3500);
const BURST = 8;
const VALID_SHARE = 0.35;
/** More valid draws for an operation that chance treated badly. */
const EXTRA_MAX = 60;

interface Tally {
  valid: number;
  succeeded: number;
  broken: number;
  refused: number;
}

const operations: readonly DocumentedOperation[] = documents.flatMap(readDocument);
const breakers = [...bodyBreakers, ...wireBreakers];
const tallies = new Map<string, Tally>(operations.map(({ id }) => [id, { valid: 0, succeeded: 0, broken: 0, refused: 0 }]));
const applied = new Map<string, number>(breakers.map(({ name }) => [name, 0]));
/** Requests that gave a cluster an identity of this type, and requests that were broken beside one. */
const identities = new Map<string, { accepted: number; broken: number }>(identityTypes.map((type) => [type, { accepted: 0, broken: 0 }]));
const memory = new Memory();
const random = seededRandom(SEED);
const slowest = { ms: 0, what: "" };
const FINISH_SHARE = 0.1;
const statuses = new Map<number, number>();
let product: ServedProduct;

beforeAll(async () => {
  console.log(`seed=${SEED} requests=${REQUESTS} (INPUT_SEED, INPUT_COUNT)`);
  product = await openServedProduct();
});
afterAll(() => product.close());

function breakRequest(request: TestRequest, draw: Random): void {
  const total = breakers.reduce((sum, { weight }) => sum + weight, 0);
  const wanted = draw.chance(0.15) ? 2 : 1;
  for (let tries = 0; request.broken.length < wanted && tries < 50; tries += 1) {
    let left = draw.next() * total;
    const breaker = breakers.find(({ weight }) => (left -= weight) < 0);
    if (breaker === undefined || request.broken.includes(breaker.name) || !breaker.breaks(request, draw)) continue;
    request.broken.push(breaker.name);
    applied.set(breaker.name, (applied.get(breaker.name) ?? 0) + 1);
  }
  // The second may have undone the first: then only the general rules are asked.
  if (request.broken.length > 1) request.mustRefuse = false;
}

function make(operation: DocumentedOperation, isBroken: boolean): TestRequest {
  const request = drawRequest(operation, random, memory);
  if (isBroken) breakRequest(request, random);
  return request;
}

const poorIdentities = (): readonly string[] => [...identities].filter(([, { accepted, broken }]) => accepted === 0 || broken === 0).map(([type]) => type);

/** A group with a role and a cluster with a file system, its snapshot and quota, and a bucket: what most valid requests are about. */
async function prepare(): Promise<void> {
  const calm = { ...random, chance: () => false };
  const cluster = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/quickstart/providers/Cynosure.Storage/clusters/meadow";
  const group = cluster.slice(0, cluster.indexOf("/providers"));
  const protection = { hostFailures: 1 };
  const bodies: readonly (readonly [string, string, object])[] = [
    // A request before may have deleted the group with everything in it.
    ["ResourceGroups_createOrUpdate", group, { location: "local" }],
    ["Clusters_createOrUpdate", cluster, { location: "local", properties: { engine: "simulated", substrate: "local", hosts: { size: "local-small", count: 4 }, protection } }],
    ["Clusters_createOrUpdate", cluster.replace("meadow", "reef"), { location: "local", properties: { engine: "ceph", substrate: "local", hosts: { size: "local-small", count: 3 }, protection } }],
    ["FileSystems_createOrUpdate", `${cluster}/fileSystems/home`, { properties: { usableCapacityGB: 8, protocols: ["nfs"], protection } }],
    ["Buckets_createOrUpdate", `${cluster}/buckets/results`, { properties: { protection } }],
    ["Snapshots_createOrUpdate", `${cluster}/snapshots/monday`, { properties: { fileSystem: "home" } }],
    ["Quotas_createOrUpdate", `${cluster}/quotas/projects`, { properties: { fileSystem: "home", path: "/projects", hardLimitBytes: 1_000 } }],
    ["RoleDefinitions_createOrUpdate", `${group}/providers/Microsoft.Authorization/roleDefinitions/a0000000-0000-4000-8000-000000000001`, { properties: { roleName: "prepared", permissions: [{ actions: ["*/read"] }], assignableScopes: [group] } }],
    ["RoleAssignments_create", `${group}/providers/Microsoft.Authorization/roleAssignments/b0000000-0000-4000-8000-000000000001`, { properties: { roleDefinitionId: "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7", principalId: "f0000000-0000-4000-8000-0000000000ff" } }],
  ];
  for (const [id, path, body] of bodies) {
    const operation = operations.find((each) => each.id === id);
    if (operation === undefined) throw new Error(`the document lost ${id}`);
    const request = drawRequest(operation, seededRandom(1), new Memory());
    Object.assign(request, { segments: path.slice(1).split("/"), body: Buffer.from(JSON.stringify(body)), headers: { "content-type": "application/json" } });
    const answer = await product.send(request);
    if (answer.status >= 400) throw new Error(`seed=${SEED}: ${id} was refused: ${answer.text}`);
    await product.finishPlans(calm);
  }
}

const identityType = (request: TestRequest): string => /"identity":\{"type":"([^"]+)"/.exec(request.body?.toString("utf8") ?? "")?.[1] ?? "";

function countIdentity(request: TestRequest, answer: Answer): void {
  const counts = identities.get(identityType(request));
  if (counts === undefined) return;
  if (request.broken.length > 0) counts.broken += 1;
  else if (answer.status < 400) counts.accepted += 1;
}

/** Names that answers teach: later requests find what exists. */
function learn(request: TestRequest, answer: Answer): void {
  const operationId = /operationStatuses\/([0-9a-f-]+)/.exec(String(answer.headers["azure-asyncoperation"] ?? ""))?.[1];
  if (operationId !== undefined) memory.learn("operationId", operationId);
  const kind = { ClusterOperations_listByCluster: "operationName", Plans_listByCluster: "planName", Hosts_listByCluster: "hostName" }[request.operation.id];
  if (kind === undefined || answer.status !== 200) return;
  for (const match of answer.text.matchAll(/"name":"([^"]+)","type":"Cynosure\.Storage/g)) memory.learn(kind, match[1] ?? "");
}

async function exchange(request: TestRequest, number: number): Promise<Answer> {
  const story = (why: string): string => `seed=${SEED} request ${number} of ${REQUESTS} (${request.operation.id}, broken: ${request.broken.join(" + ") || "nothing"})\n${why}\n${product.curl(request)}`;
  const answer = await product.send(request).catch((error: unknown) => {
    throw new Error(story(`no answer: ${String(error)}`));
  });
  const faults = answerFaults(request, answer);
  if (faults.length > 0) throw new Error(story(`${faults.join("\n")}\n${answer.status} ${answer.text.slice(0, 1500)}\n${product.troubles.map((trouble) => (trouble instanceof Error ? (trouble.stack ?? trouble.message) : String(trouble))).join("\n")}`));
  const tally = tallies.get(request.operation.id);
  if (tally === undefined) throw new Error(`unknown operation ${request.operation.id}`);
  if (request.broken.length === 0) tally.valid += 1;
  else tally.broken += 1;
  if (request.broken.length === 0 && answer.status < 400) tally.succeeded += 1;
  if (request.broken.length > 0 && answer.status >= 400) tally.refused += 1;
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  if (answer.durationMs > slowest.ms) Object.assign(slowest, { ms: answer.durationMs, what: `${request.operation.id} ${request.broken.join(" + ")}` });
  learn(request, answer);
  countIdentity(request, answer);
  return answer;
}

const requireUnchanged = (before: string, after: string, requests: readonly TestRequest[], number: number): void => {
  if (before !== after) expect(after, `seed=${SEED} request ${number}: the store changed though all was refused\n${requests.map((request) => `${request.broken.join(" + ")}: ${product.curl(request)}`).join("\n")}`).toBe(before);
};

describe(`the OpenAPI documents walked with valid and broken requests [seed=${SEED}]`, () => {
  let sent = 0;
  let unchangedChecks = 0;
  let refusedBursts = 0;

  it("finds the tables of the store and of the workflow queue, so that a change of any is seen", async () => {
    const tables = await product.tables();
    expect(tables).toEqual(expect.arrayContaining(["cynosure.resources", "cynosure.operations", "cynosure.plans", "cynosure.plan_steps", "cynosure.audit", "cynosure.secrets", "dbos.workflow_status"]));
    const before = await product.digest();
    const group = operations.find(({ id }) => id === "ResourceGroups_createOrUpdate");
    if (group === undefined) throw new Error("the document lost its resource groups");
    const request = drawRequest(group, seededRandom(1), new Memory());
    Object.assign(request, { segments: ["subscriptions", "00000000-0000-4000-8000-000000000001", "resourceGroups", "seen"], body: Buffer.from('{"location":"local"}'), headers: { "content-type": "application/json" } });
    expect((await product.send(request)).status).toBe(201);
    expect(await product.digest()).not.toBe(before);
  });

  it(`${REQUESTS} requests: never a 5xx, always the envelope with a target, the store unchanged after a refusal`, { timeout: 300_000 }, async () => {
    await prepare();
    let before = await product.digest();
    while (sent < REQUESTS) {
      const isBurst = random.chance(0.05);
      if (isBurst) {
        // Refusals side by side; a valid request among them would be allowed to write.
        const burst = Array.from({ length: BURST }, () => make(random.pick(operations), true));
        const answers = await Promise.all(burst.map((request) => exchange(request, (sent += 1))));
        const after = await product.digest();
        if (answers.every(({ status }) => status >= 400)) {
          requireUnchanged(before, after, burst, sent);
          refusedBursts += 1;
        }
        before = after;
        continue;
      }
      const operation = operations[sent % operations.length] ?? random.pick(operations);
      const request = make(operation, !random.chance(VALID_SHARE));
      sent += 1;
      const answer = await exchange(request, sent);
      const after = await product.digest();
      if (answer.status >= 400) {
        requireUnchanged(before, after, [request], sent);
        unchangedChecks += 1;
      }
      before = after;
      // By chance: every so many requests would always be the same operations', by how many there are.
      if (random.chance(FINISH_SHARE)) {
        await product.finishPlans(random);
        before = await product.digest();
      }
    }
    expect(product.troubles).toEqual([]);
  });

  it("what the draw left out comes now: ways to break a request, and operations that had no luck yet", async () => {
    const withBody = operations.filter(({ body }) => body !== null);
    for (const breaker of breakers) {
      for (let extra = 0; extra < EXTRA_MAX && applied.get(breaker.name) === 0; extra += 1) {
        const request = make(random.pick(withBody), false);
        if (!breaker.breaks(request, random)) continue;
        request.broken.push(breaker.name);
        applied.set(breaker.name, 1);
        const before = await product.digest();
        const answer = await exchange(request, (sent += 1));
        if (answer.status >= 400) requireUnchanged(before, await product.digest(), [request], sent);
      }
    }
    for (const operation of operations) {
      for (let extra = 0; extra < EXTRA_MAX && tallies.get(operation.id)?.succeeded === 0; extra += 1) {
        if (extra % 10 === 0) await prepare().catch(() => undefined); // a cluster that is being deleted refuses once
        await exchange(make(operation, false), (sent += 1));
        await product.finishPlans(random);
      }
    }
    const writes = operations.filter(({ id }) => id === "Clusters_createOrUpdate" || id === "Clusters_update");
    for (let extra = 0; extra < EXTRA_MAX && poorIdentities().length > 0; extra += 1) {
      if (extra % 10 === 0) await prepare().catch(() => undefined); // as above
      const drawn = Array.from({ length: EXTRA_MAX }, () => make(random.pick(writes), random.chance(0.5)));
      const request = drawn.find((each) => poorIdentities().includes(identityType(each)));
      if (request !== undefined) await exchange(request, (sent += 1));
      await product.finishPlans(random);
    }
    expect(product.troubles).toEqual([]);
  });

  it("gave clusters identities of every type, and broke requests beside each", () => {
    expect(poorIdentities(), `seed=${SEED}`).toEqual([]);
  });

  it("reached every operation with requests that succeed and requests that are refused, and used every way to break one", () => {
    console.log(`seed=${SEED} sent=${sent} statuses=${JSON.stringify(Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))} unchanged=${unchangedChecks} refused bursts=${refusedBursts} slowest=${Math.round(slowest.ms)} ms ${slowest.what}`);
    const poor = [...tallies].filter(([, tally]) => tally.valid === 0 || tally.succeeded === 0 || tally.broken === 0 || tally.refused === 0);
    expect(Object.fromEntries(poor), `seed=${SEED}`).toEqual({});
    expect([...applied].filter(([, count]) => count === 0).map(([name]) => name), `seed=${SEED}: ways not used`).toEqual([]);
    expect(Math.min(unchangedChecks, refusedBursts), `seed=${SEED}`).toBeGreaterThan(REQUESTS / 300);
  });
});
