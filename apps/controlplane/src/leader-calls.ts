// What only the leading control plane may do, asked of it by the others: relays are its children, so endpoints
// are published and networks taken down by it; so are live clients, which connect to what it publishes. One small HTTP
// exchange over a unix socket (0600, in the runtime directory of the installation); the epoch in each call to a
// substrate fences it as any other.
import { chmodSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { text } from "node:stream/consumers";
import type { ClusterKey, EndpointLayout, ErrorCode, LiveClients, LiveReport, LiveTarget, PublishedEndpoint, StepResult, SubstrateName } from "@cynosure/model";
import { ControlPlaneError, waiting } from "@cynosure/model";
import type { Substrate, SubstrateCall } from "@cynosure/substrate";

type Substrates = Readonly<Partial<Record<SubstrateName, Substrate>>>;

/** `endpoints` null takes the network down. */
interface LeaderCall {
  readonly substrate: SubstrateName;
  readonly call: SubstrateCall;
  readonly endpoints: readonly EndpointLayout[] | null;
}

/** What is asked of live clients; `target` is there to start one. */
interface LiveCall {
  readonly verb: keyof LiveClients;
  readonly cluster: ClusterKey;
  readonly target: LiveTarget | null;
}

/** An answer that was refused, as it crosses the socket. */
interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

const SUBSTRATE_PATH = "/";
const LIVE_PATH = "/live-clients";
const REFUSED_STATUS = 409;
const AGAIN_MS = 200;
const ANSWER_MS_MAX = 60_000;

export interface LeaderCallServer {
  close(): Promise<void>;
}

/** Only the leader listens; it replaces the socket of one that died. */
export async function serveLeaderCalls(socketPath: string, substrates: Substrates, liveClients: LiveClients): Promise<LeaderCallServer> {
  const server = createServer((incoming, response) => {
    (incoming.url === LIVE_PATH ? answerLive(incoming, liveClients) : answer(incoming, substrates)).then(
      (result) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result)),
      (error: unknown) => {
        if (error instanceof ControlPlaneError) response.writeHead(REFUSED_STATUS).end(JSON.stringify({ code: error.code, message: error.message } satisfies Refusal));
        else response.writeHead(500).end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socketPath, resolve));
  chmodSync(socketPath, 0o600);
  return { close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(incoming: IncomingMessage, substrates: Substrates): Promise<StepResult<unknown>> {
  // From a control plane of this installation and of this code: nobody else may open the socket.
  const { substrate: name, call, endpoints } = JSON.parse(await text(incoming)) as LeaderCall;
  const substrate = substrates[name];
  if (substrate === undefined) throw new Error(`the leading control plane has no substrate ${name}`);
  return endpoints === null ? substrate.destroyNetwork(call) : substrate.ensureEndpoints(call, endpoints);
}

async function answerLive(incoming: IncomingMessage, liveClients: LiveClients): Promise<LiveReport> {
  // As above: from a control plane of this code.
  const { verb, cluster, target } = JSON.parse(await text(incoming)) as LiveCall;
  if (verb !== "start") return liveClients[verb](cluster);
  if (target === null) throw new Error("a live client was to be started without a target");
  return liveClients.start(cluster, target);
}

/** Live clients as every control plane may use them: they run where the relays are. */
export function liveClientsOfLeader(own: LiveClients, socketPath: string, isLeading: () => boolean): LiveClients {
  const ask = (verb: keyof LiveClients, cluster: ClusterKey, target: LiveTarget | null): Promise<LiveReport> =>
    askLeader<LiveReport>(socketPath, LIVE_PATH, { verb, cluster, target } satisfies LiveCall, undefined).catch((error: unknown) => {
      if (error instanceof ControlPlaneError) throw error;
      throw new ControlPlaneError("ServiceUnavailable", `The control plane that leads this installation does not answer: ${error instanceof Error ? error.message : String(error)}. Try again in a moment.`, { cause: error });
    });
  return {
    start: (cluster, target) => (isLeading() ? own.start(cluster, target) : ask("start", cluster, target)),
    stop: (cluster) => (isLeading() ? own.stop(cluster) : ask("stop", cluster, null)),
    read: (cluster) => (isLeading() ? own.read(cluster) : ask("read", cluster, null)),
  };
}

/** The substrate as every control plane may use it, whether it leads or not. */
export function throughLeader(substrate: Substrate, socketPath: string, isLeading: () => boolean): Substrate {
  const ask = <T>({ signal, ...call }: SubstrateCall, endpoints: readonly EndpointLayout[] | null): Promise<StepResult<T>> =>
    askLeader<StepResult<T>>(socketPath, SUBSTRATE_PATH, { substrate: substrate.name, call, endpoints } satisfies LeaderCall, signal).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      return waiting(`the control plane that leads this installation (${error instanceof Error ? error.message : String(error)})`, AGAIN_MS);
    });
  return {
    name: substrate.name,
    isSimulated: substrate.isSimulated,
    describeOffers: (location) => substrate.describeOffers(location),
    ensureNetwork: (call) => substrate.ensureNetwork(call),
    ensureHost: (call, host) => substrate.ensureHost(call, host),
    destroyHost: (call, hostId) => substrate.destroyHost(call, hostId),
    destroyNetwork: (call) => (isLeading() ? substrate.destroyNetwork(call) : ask(call, null)),
    power: (call, hostId, action) => substrate.power(call, hostId, action),
    ensureEndpoints: (call, endpoints) => (isLeading() ? substrate.ensureEndpoints(call, endpoints) : ask<readonly PublishedEndpoint[]>(call, endpoints)),
    observe: (cluster) => substrate.observe(cluster),
  };
}

function askLeader<T>(socketPath: string, path: string, call: LeaderCall | LiveCall, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method: "POST", path, timeout: ANSWER_MS_MAX, ...(signal === undefined ? {} : { signal }) }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === REFUSED_STATUS) throw refused(JSON.parse(body) as Refusal); // what the server above has written
        if (response.statusCode !== 200) throw new Error(body);
        resolve(JSON.parse(body) as T); // what `answer` or `answerLive` has written
      }).catch(reject);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(call));
  });
}

const refused = ({ code, message }: Refusal): ControlPlaneError => new ControlPlaneError(code, message);
