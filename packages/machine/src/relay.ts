// Relays: ports on 127.0.0.1 of this machine that lead to addresses only a network namespace can reach.
// One child runs inside the namespace and is handed the listening sockets; it ends when we do. A target that
// does not answer is passed over for the route's fallbacks (relay-child.js has the bounds).
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { fileURLToPath } from "node:url";
import { isSameJson } from "@cynosure/model";
import type { InstallationId } from "@cynosure/model";
import { INSTALLATION_VARIABLE, isErrno } from "./process.ts";

export interface RelayTarget {
  readonly address: string;
  readonly port: number;
}

export interface RelayRoute {
  readonly name: string;
  /** On 127.0.0.1; 0 takes a free one. */
  readonly listenPort: number;
  readonly targetAddress: string;
  readonly targetPort: number;
  /** Tried in order for a connection that the target does not take; default: none. */
  readonly fallbacks?: readonly RelayTarget[];
  /** Only a target that answers GET of this path over HTTP with 2xx is given connections; default: each that takes them. */
  readonly servesAt?: string;
}

export interface RelayOptions {
  /** Runs a command inside the namespace, for example `["nsenter", "--net=/run/netns/…"]`; empty for this one. */
  readonly enter: readonly string[];
  readonly nodeBinary: string;
  readonly installationId: InstallationId;
}

export interface Relay {
  /** Makes exactly these routes exist; answers the port of each by name. Throws PortTakenError for a port in use. */
  setRoutes(routes: readonly RelayRoute[]): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

export class PortTakenError extends Error {
  readonly port: number;
  constructor(port: number) {
    super(`port ${port} on 127.0.0.1 is in use by another program; end it (ss -ltnp shows it) and try again`);
    this.port = port;
  }
}

const CHILD_FILE = fileURLToPath(new URL("relay-child.js", import.meta.url));
const RESTART_PAUSE_MS = 200;

/** What we say to the child; each `open` and `connection` comes with a socket handle. */
export type RelayMessage =
  | { readonly kind: "open"; readonly name: string; readonly targets: readonly RelayTarget[]; readonly servesAt: string | null }
  | { readonly kind: "connection"; readonly name: string }
  | { readonly kind: "close"; readonly name: string };

export function createRelay(options: RelayOptions): Relay {
  return new NamespaceRelay(options);
}

class NamespaceRelay implements Relay {
  readonly #options: RelayOptions;
  readonly #open = new Map<string, RelayRoute>();
  #child: ChildProcess | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  async setRoutes(routes: readonly RelayRoute[]): Promise<ReadonlyMap<string, number>> {
    const wanted = new Map(routes.map((route) => [route.name, route]));
    for (const [name, route] of this.#open) {
      if (isSameRoute(route, wanted.get(name))) continue;
      this.#open.delete(name);
      await this.#ask({ kind: "close", name });
    }
    for (const route of wanted.values()) if (!this.#open.has(route.name)) await this.#hand(route);
    if (this.#open.size === 0) await this.close();
    return new Map([...this.#open.values()].map((route) => [route.name, route.listenPort]));
  }

  async close(): Promise<void> {
    this.#open.clear();
    const last = this.#child;
    this.#child = null;
    if (last === null || last.exitCode !== null || last.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      last.once("exit", () => resolve());
      last.kill("SIGKILL");
    });
  }

  /** Listens here, where the address is the machine's, and gives the socket away. */
  async #hand(route: RelayRoute): Promise<void> {
    const server = await listen(route.listenPort);
    const address = server.address();
    const listenPort = address !== null && typeof address === "object" ? address.port : route.listenPort;
    // Until the child has taken over, either of us may be given a connection.
    server.on("connection", (socket) => this.#child?.send({ kind: "connection", name: route.name } satisfies RelayMessage, socket, () => {}));
    this.#open.set(route.name, { ...route, listenPort });
    await this.#ask({ kind: "open", name: route.name, targets: targetsOf(route), servesAt: route.servesAt ?? null }, server);
    // Not waited for: a server that gave connections away is closed only when the last of them has ended.
    server.close();
  }

  #ask(message: RelayMessage, server?: Server): Promise<void> {
    this.#child ??= this.#startChild();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onMessage = (answer: unknown): void => {
        if (answer !== `${message.kind} ${message.name}`) return;
        settle();
        resolve();
      };
      const onExit = (): void => {
        settle();
        reject(new Error(`the relay into the namespace ended while it was asked to ${message.kind} ${message.name}`));
      };
      const settle = (): void => {
        child.off("message", onMessage);
        child.off("exit", onExit);
        child.off("error", onExit);
      };
      child.on("message", onMessage);
      child.once("exit", onExit);
      child.once("error", onExit);
      child.send(message, server, () => {});
    });
  }

  #startChild(): ChildProcess {
    const { enter, nodeBinary, installationId } = this.#options;
    const [command = nodeBinary, ...rest] = [...enter, nodeBinary, "--max-semi-space-size=1", CHILD_FILE];
    const child = spawn(command, rest, {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // A session of its own: Ctrl-C of a terminal reaches us, and we end the relays in our order.
      detached: true,
      env: { PATH: process.env["PATH"], [INSTALLATION_VARIABLE]: installationId },
    });
    child.on("error", () => {});
    child.once("exit", () => {
      if (this.#child !== child) return;
      this.#child = null;
      setTimeout(() => void this.#restore(), RESTART_PAUSE_MS).unref();
    });
    return child;
  }

  async #restore(): Promise<void> {
    for (const route of [...this.#open.values()]) {
      // A port that cannot be had again, or a child that dies again, is tried once more after the next exit or call.
      if (this.#open.get(route.name) === route) await this.#hand(route).catch(() => {});
    }
  }
}

/** In order of preference. */
const targetsOf = (route: RelayRoute): readonly RelayTarget[] => [{ address: route.targetAddress, port: route.targetPort }, ...(route.fallbacks ?? [])];

const isSameRoute = (open: RelayRoute, wanted: RelayRoute | undefined): boolean =>
  wanted !== undefined && isSameJson(targetsOf(wanted), targetsOf(open)) && wanted.servesAt === open.servesAt && (wanted.listenPort === 0 || wanted.listenPort === open.listenPort);

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true });
    server.once("error", (error) => reject(isErrno(error, "EADDRINUSE") ? new PortTakenError(port) : error));
    server.listen({ port, host: "127.0.0.1" }, () => resolve(server));
  });
}

/** The first of these ports that nobody listens on at 127.0.0.1. */
export async function findFreePort(candidates: Iterable<number>): Promise<number> {
  for (const port of candidates) {
    try {
      const server = await listen(port);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      return port;
    } catch (error) {
      if (!(error instanceof PortTakenError)) throw error;
    }
  }
  throw new Error("every candidate port on 127.0.0.1 is in use; end some of the programs that ss -ltn lists");
}
