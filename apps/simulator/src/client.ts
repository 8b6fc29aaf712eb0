// Users of the simulated control planes: they create, change, grow and delete clusters and what is inside
// them, at random, sometimes twice, sometimes under a condition that is no longer true. What was answered is
// kept (acknowledged.ts); what was not answered may have happened.
import type { RequestContext, WriteCondition } from "@cynosure/arm-protocol";
import type { OperationId as ContractOperation, OperationTypes } from "@cynosure/contract";
import { ControlPlaneError, type Clock } from "@cynosure/model";
import { Acknowledged, clusterValue, type PendingWrite } from "./acknowledged.ts";
import { untilStandstill } from "./agent-gateway.ts";
import { GROUP, LOCATION, SUBSCRIPTION, type ControlPlane } from "./control-plane.ts";
import type { Draw, RunConfig } from "./draw.ts";
import type { EventLog } from "./event-log.ts";
import type { Network } from "./network.ts";

/** What simulated control planes serve: the contract without roles, principals and audit. */
type ServedOperation = ContractOperation & keyof ControlPlane["providers"]["handlers"];

export type Answer<Id extends ContractOperation> = { readonly kind: "answered"; readonly result: OperationTypes[Id]["result"] } | { readonly kind: "refused"; readonly error: ControlPlaneError } | { readonly kind: "unknown"; readonly reason: string };

export interface ClientOptions {
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly draw: Draw;
  readonly network: Network;
  readonly log: EventLog;
  readonly controlPlanes: () => readonly ControlPlane[];
  readonly onViolation: (id: string, what: string) => void;
}

const ONE_USER = { id: "p1", type: "User", displayName: "ada", tenantId: "t" } as const;
const NOBODY_MS = 500;

export const clusterParams = (clusterName: string) => ({ subscriptionId: SUBSCRIPTION, resourceGroupName: GROUP, clusterName });
export const clusterKeyText = (clusterName: string): string => `/subscriptions/${SUBSCRIPTION}/resourcegroups/${GROUP}/providers/cynosure.storage/clusters/${clusterName}`;

export const clusterBody = (count: number, tags: Record<string, string> = {}) => ({
  location: LOCATION,
  tags,
  properties: { engine: "simulated" as const, substrate: "simulated" as const, hosts: { size: "local-small", count }, protection: { hostFailures: 1 } },
});

/** Refused for good: the handler looked at it and undid what it had begun. */
const isRefusal = (error: unknown): error is ControlPlaneError => error instanceof ControlPlaneError && error.kind !== "internal" && error.kind !== "unavailable";

export class Client {
  readonly acknowledged = new Acknowledged();
  readonly #options: ClientOptions;
  readonly #names: readonly string[];
  #underWay = 0;
  #isCalm = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#names = Array.from({ length: options.config.clusters }, (_, k) => `cluster${k + 1}`);
  }

  get clusterNames(): readonly string[] {
    return this.#names;
  }

  async run(): Promise<void> {
    const { config, clock, draw } = this.#options;
    while (!this.#isCalm) {
      if (this.#underWay < config.clientAtOnceMax) void this.#act();
      await clock.sleep(Math.ceil(config.clientEveryMs * 2 * draw.next()));
    }
  }

  /** No new requests from here on; true once all have ended. */
  calm(): boolean {
    this.#isCalm = true;
    return this.#underWay === 0;
  }

  /** One request to one control plane, as a user's HTTP request: answered, refused, or nobody knows. */
  async request<Id extends ServedOperation>(id: Id, params: OperationTypes[Id]["params"], body: OperationTypes[Id]["body"], condition: WriteCondition = { kind: "none" }): Promise<Answer<Id>> {
    const { clock, draw, network, log } = this.#options;
    const chosen = draw.maybePick(this.#options.controlPlanes());
    const shown = `${id} ${Object.values(params).slice(2).join("/")}`;
    if (chosen === null) {
      await clock.sleep(NOBODY_MS);
      return { kind: "unknown", reason: "nobody is there" };
    }
    const context: RequestContext = { principal: ONE_USER, requestId: draw.uuid(), correlationId: draw.uuid(), apiVersion: "2026-12-01", condition, baseUrl: "https://simulated" };
    // Ties one operation's handler to its own parameters and body, which the generic signature cannot.
    const handler = chosen.providers.handlers[id] as unknown as (request: object) => Promise<OperationTypes[Id]["result"]>;
    try {
      const deliver = (): Promise<OperationTypes[Id]["result"]> => chosen.life.guard(() => handler({ params, query: {}, body, context }));
      const result = await untilStandstill(chosen, clock, shown, () => network.send({ from: "client", to: chosen.name, what: shown, mayRepeat: false, deliver }));
      log.add("client", `${shown} > ${chosen.name}: ${result.status}`);
      return { kind: "answered", result };
    } catch (error) {
      const reason = error instanceof ControlPlaneError ? error.code : error instanceof Error ? error.message : String(error);
      log.add("client", `${shown} > ${chosen.name}: ${reason}`);
      return isRefusal(error) ? { kind: "refused", error } : { kind: "unknown", reason };
    }
  }

  async #act(): Promise<void> {
    this.#underWay += 1;
    try {
      await this.#drawn();
    } finally {
      this.#underWay -= 1;
    }
  }

  #drawn(): Promise<unknown> {
    const { draw } = this.#options;
    const name = draw.pick(this.#names);
    // Nothing can be asked of a cluster that was never made.
    const turn = this.acknowledged.isKnown(clusterKeyText(name)) ? draw.next() : 0;
    const { deleteShare } = this.#options.config;
    if (turn < 0.3) return this.putCluster(name);
    if (turn < 0.3 + deleteShare) return this.deleteCluster(name);
    if (turn < 0.65) return this.putFileSystem(name, draw.pick(["home", "work"]));
    if (turn < 0.77) return this.putBucket(name, draw.pick(["results", "logs"]));
    if (turn < 0.86) return this.deleteChild(name);
    if (turn < 0.93) return this.putUnderOldEtag(name);
    return this.read(name);
  }

  async putCluster(name: string, wished?: { readonly count: number; readonly tags: Readonly<Record<string, string>> }, condition?: WriteCondition): Promise<Answer<"Clusters_CreateOrUpdate">> {
    const { draw, config } = this.#options;
    const count = wished?.count ?? draw.whole(config.hostCount.min, config.hostCount.max);
    const tags = wished?.tags ?? (draw.chance(0.3) ? { note: String(draw.whole(1, 3)) } : {});
    return this.#perhapsTwice(
      () => this.acknowledged.beginWrite(clusterKeyText(name), clusterValue(count, tags)),
      () => this.request("Clusters_CreateOrUpdate", clusterParams(name), clusterBody(count, { ...tags }), condition ?? (draw.chance(0.1) ? { kind: "ifNoneMatchAny" } : { kind: "none" })),
    );
  }

  async putFileSystem(name: string, fileSystemName: string, gigabytes?: number): Promise<Answer<"FileSystems_CreateOrUpdate">> {
    const usableCapacityGB = gigabytes ?? this.#options.draw.pick([4, 8, 16]);
    const body = { properties: { usableCapacityGB, protocols: ["nfs" as const], protection: { hostFailures: 1 } } };
    return this.#perhapsTwice(
      () => this.acknowledged.beginWrite(`${clusterKeyText(name)}/filesystems/${fileSystemName}`, `${usableCapacityGB} GB`),
      () => this.request("FileSystems_CreateOrUpdate", { ...clusterParams(name), fileSystemName }, body),
    );
  }

  async putBucket(name: string, bucketName: string): Promise<Answer<"Buckets_CreateOrUpdate">> {
    const body = { properties: { protection: { hostFailures: 1 } } };
    return this.#perhapsTwice(
      () => this.acknowledged.beginWrite(`${clusterKeyText(name)}/buckets/${bucketName}`, "bucket surviving 1"),
      () => this.request("Buckets_CreateOrUpdate", { ...clusterParams(name), bucketName }, body),
    );
  }

  async deleteCluster(name: string): Promise<Answer<"Clusters_Delete">> {
    return this.#perhapsTwice(
      () => this.acknowledged.beginRemoval(clusterKeyText(name)),
      () => this.request("Clusters_Delete", clusterParams(name), undefined),
    );
  }

  async deleteChild(name: string): Promise<void> {
    const { draw } = this.#options;
    const key = clusterKeyText(name);
    if (draw.chance(0.5)) {
      const fileSystemName = draw.pick(["home", "work"]);
      await this.#perhapsTwice(
        () => this.acknowledged.beginRemoval(`${key}/filesystems/${fileSystemName}`),
        () => this.request("FileSystems_Delete", { ...clusterParams(name), fileSystemName }, undefined),
      );
      return;
    }
    const bucketName = draw.pick(["results", "logs"]);
    await this.#perhapsTwice(
      () => this.acknowledged.beginRemoval(`${key}/buckets/${bucketName}`),
      () => this.request("Buckets_Delete", { ...clusterParams(name), bucketName }, undefined),
    );
  }

  /** Somebody who read long ago: must be refused, whatever else is going on. */
  async putUnderOldEtag(name: string): Promise<void> {
    const key = clusterKeyText(name);
    const etag = this.acknowledged.replacedEtag(key);
    if (etag === null) return;
    const answer = await this.putCluster(name, undefined, { kind: "ifMatch", etags: [etag] });
    if (answer.kind === "answered") this.#options.onViolation("INV-04", `cluster ${name} took a write under etag ${etag}, which an answered write had replaced`);
  }

  async read(name: string): Promise<void> {
    await this.request("Clusters_Get", clusterParams(name), undefined);
    if (this.#options.draw.chance(0.3)) await this.request("FileSystems_ListByCluster", clusterParams(name), undefined);
    if (this.#options.draw.chance(0.3)) await this.request("Plans_ListByCluster", clusterParams(name), undefined);
  }

  /** A user whose request was not answered asks again; some ask twice anyway. Each copy may take effect at a time of its own. */
  async #perhapsTwice<Id extends ContractOperation>(begin: () => PendingWrite, request: () => Promise<Answer<Id>>): Promise<Answer<Id>> {
    const send = async (): Promise<Answer<Id>> => this.#settle(begin(), await request());
    const first = await send();
    const isAgain = first.kind === "unknown" ? this.#options.draw.chance(0.6) : this.#options.draw.chance(0.05);
    if (!isAgain) return first;
    const second = await send();
    // Refused the second time says nothing about the first, which may have been done.
    return second.kind === "answered" ? second : first;
  }

  #settle<Id extends ContractOperation>(write: PendingWrite, answer: Answer<Id>): Answer<Id> {
    if (answer.kind === "answered") {
      const { result } = answer;
      // The body of those answers that have one is the resource, with its etag.
      const body = "body" in result ? (result.body as { readonly etag?: string }) : {};
      write.acknowledged(body.etag);
    }
    if (answer.kind === "refused") write.refused();
    return answer;
  }
}
