// Endpoints of a cluster on this machine: ports of 127.0.0.1, chosen free the first time and kept on disk,
// relayed into the cluster's network for as long as this control plane lives.
import { createHash } from "node:crypto";
import { PortTakenError, createRelay, findFreePort, identifyProcess, isProcessAlive } from "@cynosure/machine";
import type { Relay, RelayTarget } from "@cynosure/machine";
import { done, retry } from "@cynosure/model";
import type { EndpointLayout, HostId, InstallationId, PublishedEndpoint, StepResult } from "@cynosure/model";
import type { ClusterNames } from "./names.ts";
import { readEndpointsRecord, removeFile, writeRecord } from "./records.ts";
import type { EndpointRecord } from "./records.ts";

export interface EndpointPublisherOptions {
  readonly installationId: InstallationId;
  readonly nodeBinary: string;
  readonly enterNetwork: (cluster: ClusterNames) => readonly string[];
}

const RETRY_MS = 2_000;
const PORT_MIN = 20_000;
const PORT_COUNT = 10_000;

export class EndpointPublisher {
  readonly #options: EndpointPublisherOptions;
  readonly #relays = new Map<string, Relay>();

  constructor(options: EndpointPublisherOptions) {
    this.#options = options;
  }

  async publish(cluster: ClusterNames, endpoints: readonly EndpointLayout[], addressOf: (hostId: HostId) => string | null): Promise<StepResult<readonly PublishedEndpoint[]>> {
    const record = readEndpointsRecord(cluster);
    const own = identifyProcess(process.pid);
    if (endpoints.length === 0) {
      await this.#closeRelay(cluster);
      if (record.endpoints.length > 0) writeRecord(cluster.endpointsFile, { owner: own, endpoints: [], ports: record.ports });
      return done([]);
    }
    const unknown = endpoints.find((endpoint) => addressOf(endpoint.hostId) === null);
    if (unknown !== undefined) return retry("HostNotFound", `endpoint ${unknown.name} leads to ${unknown.hostId}, which does not exist here`, RETRY_MS);
    const known = new Map(record.endpoints.map((endpoint) => [endpoint.name, endpoint.listenPort]));
    // Another control plane of this installation may be the one that relays; its relays serve as well as ours.
    const isForeign = record.owner !== null && record.owner.pid !== process.pid && isProcessAlive(record.owner);
    if (isForeign && endpoints.every((endpoint) => known.has(endpoint.name))) return done(endpoints.map((endpoint) => toPublished(endpoint, known.get(endpoint.name) ?? 0)));
    const relay = this.#relays.get(cluster.tag) ?? createRelay({ ...this.#options, enter: this.#options.enterNetwork(cluster) });
    this.#relays.set(cluster.tag, relay);
    try {
      const records: EndpointRecord[] = [];
      for (const endpoint of endpoints) records.push({ ...endpoint, listenPort: record.ports[endpoint.name] ?? (await this.#choosePort(cluster, endpoint.name, record.ports, records)) });
      const ports = { ...record.ports, ...Object.fromEntries(records.map((endpoint) => [endpoint.name, endpoint.listenPort])) };
      // On record before anybody can have been told.
      writeRecord(cluster.endpointsFile, { owner: own, endpoints: records, ports });
      await relay.setRoutes(records.map((endpoint) => ({ name: endpoint.name, listenPort: endpoint.listenPort, targetAddress: addressOf(endpoint.hostId) ?? "", targetPort: endpoint.port, fallbacks: fallbacksOf(endpoint, records, addressOf), ...(endpoint.servesAt === undefined ? {} : { servesAt: endpoint.servesAt }) })));
      return done(records.map((endpoint) => toPublished(endpoint, endpoint.listenPort)));
    } catch (error) {
      // Users were told this port: it is waited for, never silently exchanged for another.
      if (error instanceof PortTakenError) return retry("EndpointPortTaken", error.message, RETRY_MS);
      return retry("EndpointNotPublished", error instanceof Error ? error.message : String(error), RETRY_MS);
    }
  }

  /** Below the range from which the kernel takes ports for outgoing connections, so that a restart finds them free. */
  #choosePort(cluster: ClusterNames, name: string, given: Readonly<Record<string, number>>, chosen: readonly EndpointRecord[]): Promise<number> {
    const taken = new Set([...Object.values(given), ...chosen.map((endpoint) => endpoint.listenPort)]);
    const start = createHash("sha256").update(`${this.#options.installationId}/${cluster.tag}/${name}`).digest().readUInt32BE(0);
    const candidates = Array.from({ length: PORT_COUNT }, (_, index) => PORT_MIN + ((start + index) % PORT_COUNT));
    return findFreePort(candidates.filter((port) => !taken.has(port)));
  }

  /** Ends the relays of a cluster and forgets its ports. */
  async forget(cluster: ClusterNames): Promise<void> {
    await this.#closeRelay(cluster);
    removeFile(cluster.endpointsFile);
  }

  async #closeRelay(cluster: ClusterNames): Promise<void> {
    await this.#relays.get(cluster.tag)?.close();
    this.#relays.delete(cluster.tag);
  }

  /** Ends every relay of this control plane; the ports stay on record. */
  async close(): Promise<void> {
    for (const relay of this.#relays.values()) await relay.close();
    this.#relays.clear();
  }
}

/** Every gateway of a protocol serves the same data: a client whose own one is away goes on through another. */
const fallbacksOf = (endpoint: EndpointLayout, all: readonly EndpointLayout[], addressOf: (hostId: HostId) => string | null): readonly RelayTarget[] =>
  all.filter((other) => other.protocol === endpoint.protocol && other.name !== endpoint.name).map((other) => ({ address: addressOf(other.hostId) ?? "", port: other.port }));

const toPublished = (endpoint: EndpointLayout, port: number): PublishedEndpoint => ({ name: endpoint.name, protocol: endpoint.protocol, hostId: endpoint.hostId, address: "127.0.0.1", port });
