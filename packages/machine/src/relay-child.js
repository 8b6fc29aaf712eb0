// Runs inside a network namespace: takes listening sockets of the machine from its parent and carries each
// connection to an address of the namespace: the first target of its route that takes it. Ends when its parent
// does. Plain JavaScript on purpose: a process that loads TypeScript takes 28 MB instead of 14, and one of
// these runs for every cluster.
import { connect, createServer } from "node:net";

/** @typedef {import("node:net").Socket} Socket */
/** @typedef {import("./relay.ts").RelayTarget} Target */

/** A target that has not taken a connection by then is passed over. The kernel answers, however busy its program is. */
const CONNECT_MS_MAX = 1_500;
/** A target that was passed over is asked last for so long, so that not every connection waits for it. */
const PASSED_OVER_MS = 2_000;
/** Connections whose client waits longer than this for an answer have their target looked at. */
const SILENT_MS = 1_500;
/** So many looks in a row without an answer, and its connections are broken off: the client connects anew. */
const LOOKS_MAX = 2;

/** @type {Map<string, { server: import("node:net").Server, carry: (client: Socket) => void }>} */
const routes = new Map();

/** A target that was seen to serve is not asked again for so long. */
const SERVED_MS = 500;
/** A program may be slower to answer than the kernel is to connect. */
const ASK_MS_MAX = 3_000;

/** @typedef {{ client: Socket, socket: Socket, waitingSinceMs: number | null }} Carried */
/** @type {Map<string, { target: Target, passedOverAtMs: number, servedAtMs: number, looks: number, isLooking: boolean, carried: Set<Carried> }>} */
const peers = new Map();

/** @param {Target} target */
function peerOf(target) {
  const key = `${target.address}:${target.port}`;
  const known = peers.get(key);
  if (known !== undefined) return known;
  const fresh = { target, passedOverAtMs: -Infinity, servedAtMs: -Infinity, looks: 0, isLooking: false, carried: new Set() };
  peers.set(key, fresh);
  return fresh;
}

/** A connected socket, or null after the bound. @param {Target} target @param {(socket: Socket | null) => void} done */
function reach(target, done) {
  const socket = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true });
  const settle = (/** @type {Socket | null} */ result) => {
    clearTimeout(timer);
    socket.off("error", fail);
    if (result === null) {
      socket.on("error", () => {});
      socket.destroy();
    }
    done(result);
  };
  const fail = () => settle(null);
  const timer = setTimeout(fail, CONNECT_MS_MAX);
  socket.once("error", fail);
  socket.once("connect", () => settle(socket));
}

/**
 * Whether the target answers a GET of this path with 2xx: of several programs that listen, one may serve and the others
 * only stand by. @param {Target} target @param {string} path @param {(serves: boolean) => void} done
 */
function askServes(target, path, done) {
  const peer = peerOf(target);
  if (performance.now() - peer.servedAtMs < SERVED_MS) return done(true);
  reach(target, (socket) => {
    if (socket === null) return done(false);
    let head = "";
    const settle = () => {
      clearTimeout(timer);
      socket.removeAllListeners("data").removeAllListeners("close").destroy();
      const serves = /^HTTP\/1\.[01] 2\d\d/.test(head);
      if (serves) peer.servedAtMs = performance.now();
      done(serves);
    };
    const timer = setTimeout(settle, ASK_MS_MAX);
    socket.on("error", () => {});
    socket.once("close", settle);
    socket.on("data", (bytes) => {
      head += bytes.toString("latin1");
      if (head.length >= "HTTP/1.1 200".length) settle();
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${target.address}:${target.port}\r\nConnection: close\r\n\r\n`);
  });
}

/** @param {readonly Target[]} targets @param {string | null} servesAt @returns {(client: Socket) => void} */
function carryTo(targets, servesAt) {
  return (client) => {
    client.setNoDelay(true);
    client.on("error", () => client.destroy());
    const now = performance.now();
    const isAway = (/** @type {Target} */ target) => now - peerOf(target).passedOverAtMs < PASSED_OVER_MS;
    const order = [...targets.filter((target) => !isAway(target)), ...targets.filter(isAway)];
    const next = () => {
      const target = order.shift();
      if (client.destroyed || target === undefined) return void client.destroy();
      const take = (/** @type {boolean} */ serves) => {
        const passOver = () => {
          peerOf(target).passedOverAtMs = performance.now();
          next();
        };
        if (!serves) return passOver();
        reach(target, (socket) => {
          if (socket === null) passOver();
          else if (client.destroyed) socket.destroy();
          else join(client, socket, peerOf(target));
        });
      };
      if (servesAt === null) take(true);
      else askServes(target, servesAt, take);
    };
    next();
  };
}

/** @param {Socket} client @param {Socket} socket @param {ReturnType<typeof peerOf>} peer */
function join(client, socket, peer) {
  /** @type {Carried} */
  const carried = { client, socket, waitingSinceMs: null };
  peer.carried.add(carried);
  client.on("data", () => (carried.waitingSinceMs ??= performance.now()));
  socket.on("data", () => (carried.waitingSinceMs = null));
  client.pipe(socket);
  socket.pipe(client);
  // One side broken off breaks the other: a half-dead connection helps nobody.
  socket.on("error", () => client.destroy());
  client.on("close", () => socket.destroy());
  socket.on("close", () => {
    peer.carried.delete(carried);
    client.destroy();
  });
}

/** A host that lost power or its link says nothing, and TCP would wait for it for minutes. */
function lookAtSilent() {
  const now = performance.now();
  for (const peer of peers.values()) {
    const isSilent = [...peer.carried].some(({ waitingSinceMs }) => waitingSinceMs !== null && now - waitingSinceMs > SILENT_MS);
    if (!isSilent) peer.looks = 0;
    else if (!peer.isLooking) look(peer);
  }
}

/** @param {ReturnType<typeof peerOf>} peer */
function look(peer) {
  peer.isLooking = true;
  reach(peer.target, (socket) => {
    peer.isLooking = false;
    socket?.destroy();
    peer.looks = socket === null ? peer.looks + 1 : 0;
    if (peer.looks < LOOKS_MAX) return;
    peer.looks = 0;
    peer.passedOverAtMs = performance.now();
    for (const { client } of peer.carried) client.destroy();
  });
}

/** @param {import("./relay.ts").RelayMessage} message @param {unknown} handle */
function onMessage(message, handle) {
  switch (message.kind) {
    case "open": {
      const carry = carryTo(message.targets, message.servesAt);
      const server = createServer({ allowHalfOpen: true }, carry);
      routes.set(message.name, { server, carry });
      // With this message the parent always sends a listening server.
      server.listen(/** @type {import("node:net").Server} */ (handle), () => process.send?.(`open ${message.name}`));
      return;
    }
    case "connection": {
      // With this message the parent always sends a connected socket, not yet read from.
      const client = /** @type {Socket} */ (handle);
      client.allowHalfOpen = true;
      routes.get(message.name)?.carry(client);
      return;
    }
    case "close":
      routes.get(message.name)?.server.close();
      routes.delete(message.name);
      process.send?.(`close ${message.name}`);
  }
}

process.on("message", onMessage);
process.on("disconnect", () => process.exit(0));
setInterval(lookAtSilent, SILENT_MS / 3).unref();
