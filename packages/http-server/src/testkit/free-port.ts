// A port that was free a moment ago: the issuer's name holds the port, so it must be known before listening.
import { createServer } from "node:net";

export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === "string") reject(new Error("the probe has no port"));
        else resolve(address.port);
      });
    });
  });
}
