// The way between a browser and the product, which a test can cut: a proxy on loopback that passes bytes on and reads
// none. While it is cut every connection is broken, and new ones are refused.
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface CuttableWay {
  readonly proxyUrl: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openCuttableWay(): Promise<CuttableWay> {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", ({ url = "" }, browser: Socket) => {
    if (isCut) return browser.destroy();
    const [host = "127.0.0.1", port = "443"] = url.split(":");
    const product = connect(Number(port), host, () => {
      browser.write("HTTP/1.1 200 Connection established\r\n\r\n");
      browser.pipe(product).pipe(browser);
    });
    for (const [socket, other] of [[browser, product], [product, browser]] as const) {
      open.add(socket);
      socket.on("error", () => other.destroy()).on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    return undefined;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a listening TCP server
  const breakAll = (): void => open.forEach((socket) => socket.destroy());
  return {
    proxyUrl: `http://127.0.0.1:${port}`,
    cut: () => {
      isCut = true;
      breakAll();
    },
    mend: () => (isCut = false),
    close: async () => {
      breakAll();
      server.close();
      await once(server, "close");
    },
  };
}
