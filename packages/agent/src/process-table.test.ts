import { createServer } from "node:net";
import { afterEach, expect, it } from "vitest";
import { readListeningPorts } from "./process-table.ts";

const servers: ReturnType<typeof createServer>[] = [];
const listen = (address: string): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, address, () => resolve((server.address() as { port: number }).port)); // an address with a port: it listens on TCP
    servers.push(server);
  });
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

it("a port counts only at the host's own address where hosts share a network, also behind an IPv6 socket", async () => {
  const own = await listen("127.91.7.10");
  const mapped = await listen("::ffff:127.91.7.10");
  const neighbour = await listen("127.91.7.11");
  const ports = readListeningPorts("127.91.7.10");
  expect([own, mapped, neighbour].map((port) => ports.has(port))).toEqual([true, true, false]);
  const all = readListeningPorts();
  expect([own, mapped, neighbour].map((port) => all.has(port))).toEqual([true, true, true]);
});
