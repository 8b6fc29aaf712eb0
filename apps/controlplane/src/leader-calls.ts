// What only the leading control plane may do, asked of it by the others: relays are its children, so endpoints
// are published and networks taken down by it. One small HTTP exchange over a unix socket (0600, in the runtime
// directory of the installation); the epoch in each call fences it as any other.
import { chmodSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { text } from "node:stream/consumers";
import type { EndpointLayout, PublishedEndpoint, StepResult, SubstrateName } from "@cynosure/model";
import { waiting } from "@cynosure/model";
import type { Substrate, SubstrateCall } from "@cynosure/substrate";

type Substrates = Readonly<Partial<Record<SubstrateName, Substrate>>>;

/** `endpoints` null takes the network down. */
interface LeaderCall {
  readonly substrate: SubstrateName;
  readonly call: SubstrateCall;
  readonly endpoints: readonly EndpointLayout[] | null;
}

const AGAIN_MS = 200;
const ANSWER_MS_MAX = 60_000;

export interface LeaderCallServer {
  close(): Promise<void>;
}

/** Only the leader listens; it replaces the socket of one that died. */
export async function serveLeaderCalls(socketPath: string, substrates: Substrates): Promise<LeaderCallServer> {
  const server = createServer((incoming, response) => {
    answer(incoming, substrates).then(
      (result) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
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

/** The substrate as every control plane may use it, whether it leads or not. */
export function throughLeader(substrate: Substrate, socketPath: string, isLeading: () => boolean): Substrate {
  const ask = <T>({ signal, ...call }: SubstrateCall, endpoints: readonly EndpointLayout[] | null): Promise<StepResult<T>> =>
    askLeader<T>(socketPath, { substrate: substrate.name, call, endpoints }, signal).catch((error: unknown) => {
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

function askLeader<T>(socketPath: string, call: LeaderCall, signal: AbortSignal | undefined): Promise<StepResult<T>> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method: "POST", path: "/", timeout: ANSWER_MS_MAX, ...(signal === undefined ? {} : { signal }) }, (response) => {
      text(response).then((body) => {
        if (response.statusCode !== 200) throw new Error(body);
        resolve(JSON.parse(body) as StepResult<T>); // what `answer` above has written
      }).catch(reject);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(call));
  });
}
