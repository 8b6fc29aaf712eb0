// TLS servers on loopback that answer what a test tells them to, all under one certificate.
import { createServer } from "node:https";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";

export interface LoopbackServers {
  /** To trust. */
  readonly caPem: string;
  /** Answers the URL. */
  listen(answer: RequestListener): Promise<string>;
  closeAll(): void;
}

export async function openLoopbackServers(): Promise<LoopbackServers> {
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  const servers: { close(): void; closeAllConnections(): void }[] = [];
  return {
    caPem: tls.certificatePem,
    listen: async (answer) => {
      const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, answer);
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `https://127.0.0.1:${(server.address() as AddressInfo).port}`; // listens on TCP
    },
    closeAll: () => {
      for (const server of servers.splice(0)) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
