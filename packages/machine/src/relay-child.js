// Runs inside a network namespace: takes listening sockets of the machine from its parent and carries each
// connection to an address of the namespace. Ends when its parent does. Plain JavaScript on purpose: a
// process that loads TypeScript takes 28 MB instead of 14, and one of these runs for every cluster.
import { connect, createServer } from "node:net";

/** @typedef {import("node:net").Socket} Socket */

/** @type {Map<string, { server: import("node:net").Server, carry: (client: Socket) => void }>} */
const routes = new Map();

/** @param {string} address @param {number} port @returns {(client: Socket) => void} */
function carryTo(address, port) {
  return (client) => {
    const target = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    client.pipe(target);
    target.pipe(client);
    // One side broken off breaks the other: a half-dead connection helps nobody.
    client.on("error", () => target.destroy());
    target.on("error", () => client.destroy());
    client.on("close", () => target.destroy());
    target.on("close", () => client.destroy());
  };
}

/** @param {import("./relay.ts").RelayMessage} message @param {unknown} handle */
function onMessage(message, handle) {
  switch (message.kind) {
    case "open": {
      const carry = carryTo(message.targetAddress, message.targetPort);
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
