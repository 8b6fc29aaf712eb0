// Runs inside a network namespace: takes listening sockets of the machine from its parent and carries each
// connection to an address of the namespace. Ends when its parent does. Loads nothing but node:net.
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import type { RelayMessage } from "./relay.ts";

interface Route {
  readonly server: Server;
  readonly carry: (socket: Socket) => void;
}

const routes = new Map<string, Route>();

function carryTo(address: string, port: number): (client: Socket) => void {
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

process.on("message", (message: RelayMessage, handle: unknown) => {
  switch (message.kind) {
    case "open": {
      const carry = carryTo(message.targetAddress, message.targetPort);
      const server = createServer({ allowHalfOpen: true }, carry);
      routes.set(message.name, { server, carry });
      // `as`: with this message the parent always sends a server.
      server.listen(handle as Server, () => process.send?.(`open ${message.name}`));
      return;
    }
    case "connection":
      // `as`: with this message the parent always sends a socket.
      routes.get(message.name)?.carry(handle as Socket);
      return;
    case "close":
      routes.get(message.name)?.server.close();
      routes.delete(message.name);
      process.send?.(`close ${message.name}`);
  }
});
process.on("disconnect", () => process.exit(0));
