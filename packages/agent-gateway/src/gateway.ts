// The agent gateway: HTTP over mutual TLS on a unix socket (and, where hosts are remote, on a TCP port).
// It owns sockets and certificates; what is asked is answered in routes.ts from the store.
import Fastify from "fastify";
import type { FastifyRequest } from "fastify";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { Server, ServerOptions } from "node:https";
import { connect } from "node:net";
import type { AddressInfo, ListenOptions } from "node:net";
import { dirname } from "node:path";
import { TLSSocket } from "node:tls";
import type { Clock, ClusterKey, HostId } from "@cynosure/model";
import type { Store } from "@cynosure/resource-store";
import { createAuthority, serverLifetimeMs } from "./authority.ts";
import type { Authority } from "./authority.ts";
import { GatewayError } from "./gateway-error.ts";
import { issueJoinToken } from "./join-tokens.ts";
import { gatewayLimits, registerRoutes } from "./routes.ts";
import type { GatewayLogger } from "./routes.ts";

/** Name in the gateway's certificate; agents ask for it whatever way they reach the socket. */
export const gatewayServerName = "agent-gateway.cynosure.internal";
/** Linux refuses longer paths (sun_path). */
export const socketPathBytesMax = 107;

export interface AgentGatewayOptions {
  readonly store: Pick<Store, "hosts" | "vault">;
  /** Exactly one: where the authority is kept, or an authority made elsewhere. */
  readonly pkiDir?: string;
  readonly authority?: Authority;
  readonly socketPath: string;
  /** For hosts that cannot see the socket. Port 0 takes a free one. */
  readonly tcp?: { readonly host: string; readonly port: number; readonly dnsNames?: readonly string[]; readonly ipAddresses?: readonly string[] };
  readonly clock: Clock;
  readonly logger: GatewayLogger;
  /** Longest wait of one long poll, at most 25 s. */
  readonly pollMsMax?: number;
}

export interface AgentGateway {
  readonly authority: Authority;
  /** What goes into a host's boot file: `unix:/…` or `https://…`. */
  readonly gatewayUrl: string;
  issueJoinToken(cluster: ClusterKey, host: HostId): Promise<string>;
  listen(): Promise<{ readonly tcpPort: number | null }>;
  close(): Promise<void>;
}

export function createAgentGateway(options: AgentGatewayOptions): AgentGateway {
  if (options.authority === undefined && options.pkiDir === undefined) throw new Error("the agent gateway needs pkiDir or authority");
  if (Buffer.byteLength(options.socketPath) > socketPathBytesMax) {
    throw new Error(`socket path ${options.socketPath} is longer than ${String(socketPathBytesMax)} bytes, which the kernel refuses; choose a shorter directory`);
  }
  const authority = options.authority ?? createAuthority({ pkiDir: options.pkiDir ?? "" }, options.clock);
  const closing = new AbortController();
  const app = buildApp(options, authority, closing.signal);
  const servers: Server[] = [];
  let renewal: NodeJS.Timeout | undefined;
  const open = async (listenOptions: ListenOptions): Promise<Server> => {
    const server = createServer(serverTls(options, authority), (request, response) => {
      app.routing(request, response);
    });
    server.keepAliveTimeout = 75_000;
    server.requestTimeout = 30_000;
    servers.push(server);
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(listenOptions, resolve));
    return server;
  };
  return {
    authority,
    gatewayUrl: options.tcp === undefined ? `unix:${options.socketPath}` : `https://${options.tcp.host}:${String(options.tcp.port)}`,
    issueJoinToken: (cluster, host) => issueJoinToken(options.store.hosts, options.clock, cluster, host),
    listen: async () => {
      await app.ready();
      await clearSocketPath(options.socketPath);
      await open({ path: options.socketPath });
      chmodSync(options.socketPath, 0o600);
      const tcp = options.tcp === undefined ? null : await open({ host: options.tcp.host, port: options.tcp.port });
      // A gateway that runs for months renews its own certificate long before agents would refuse it.
      renewal = setInterval(() => {
        for (const server of servers) server.setSecureContext(serverTls(options, authority));
      }, Math.min(serverLifetimeMs / 3, 24 * 3600 * 1000)).unref();
      // `as`: a server listening on host and port has an AddressInfo.
      return { tcpPort: tcp === null ? null : (tcp.address() as AddressInfo).port };
    },
    close: async () => {
      closing.abort();
      clearInterval(renewal);
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        // Answers to the aborted polls go out first; who still talks after that is cut off.
        setTimeout(() => {
          server.closeAllConnections();
        }, 250).unref();
        server.closeIdleConnections();
      })));
      await app.close();
    },
  };
}

function buildApp(options: AgentGatewayOptions, authority: Authority, closing: AbortSignal): ReturnType<typeof Fastify> {
  const app = Fastify({ logger: false, bodyLimit: gatewayLimits.smallBodyBytesMax, ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: false } } });
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
    if (error instanceof GatewayError) return reply.code(error.status).send({ error: { code: error.code, message: error.message } });
    const status = error.statusCode ?? 503;
    if (status >= 500) {
      options.logger.warn("agent gateway could not answer", { reason: error.message });
      return reply.code(503).send({ error: { code: "ServiceUnavailable", message: "the resource store did not answer; try again" } });
    }
    return reply.code(status).send({ error: { code: "InvalidRequest", message: error.message } });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: { code: "NotFound", message: "agents have no such route" } }));
  registerRoutes(app, {
    store: options.store, authority, clock: options.clock, logger: options.logger, closing, peerCertificate,
    pollMsMax: Math.min(options.pollMsMax ?? gatewayLimits.pollMsMax, gatewayLimits.pollMsMax),
  });
  return app;
}

/** Join has no certificate yet, so the handshake lets everyone in and each route but that one refuses. */
function serverTls(options: AgentGatewayOptions, authority: Authority): ServerOptions {
  const own = authority.issueServerCertificate({
    commonName: "Cynosure agent gateway",
    dnsNames: [gatewayServerName, "localhost", ...(options.tcp?.dnsNames ?? [])],
    ipAddresses: ["127.0.0.1", ...(options.tcp?.ipAddresses ?? [])],
  });
  return { key: own.keyPem, cert: own.certificatePem, ca: [authority.caPem], requestCert: true, rejectUnauthorized: false, minVersion: "TLSv1.3", handshakeTimeout: 10_000 };
}

function peerCertificate(request: FastifyRequest): Buffer | null {
  const socket = request.raw.socket;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const peer = socket.getPeerCertificate();
  // Without a certificate node answers an empty object, whatever its type says.
  return Buffer.isBuffer(peer.raw) ? peer.raw : null;
}

/** Removes the socket of a control plane that died; refuses to take one over that answers. */
async function clearSocketPath(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    }).on("error", () => {
      resolve(false);
    });
  });
  if (answers) throw new Error(`another control plane listens on ${path}; stop it first, or give this one its own data directory`);
  rmSync(path, { force: true });
}
