// Starts the emulated management server on loopback and stops it again.
import { createServer as createHttpServer } from "node:http";
import type { Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { once } from "node:events";
import { fillNewStore } from "./initial-state.ts";
import { settingsOf } from "./options.ts";
import type { EmulatorOptions } from "./options.ts";
import type { System } from "./serve/call.ts";
import { createCertificate } from "./serve/certificate.ts";
import { loadDocument } from "./serve/document.ts";
import { createFaults } from "./serve/faults.ts";
import { createListener } from "./serve/listener.ts";
import { openStore } from "./state/store.ts";
import { createTasks, endInterrupted } from "./state/tasks.ts";

export interface VmsEmulator {
  /** `https://127.0.0.1:41234` */
  readonly origin: string;
  /** PEM that clients trust; null for plain HTTP. */
  readonly certificatePem: string | null;
  close(): Promise<void>;
}

export async function startVmsEmulator(options: EmulatorOptions & { readonly log?: (line: string) => void } = {}): Promise<VmsEmulator> {
  const settings = settingsOf(options);
  const certificate = options.tls === false ? null : (options.tls ?? (await createCertificate()));
  const { store, isNew } = openStore({ seed: settings.seed, dataFile: options.dataFile ?? null });
  const faults = createFaults(options.faults ?? []);
  const tasks = createTasks({ store, taskMs: settings.delays.taskMs, nowMs: settings.nowMs, takeFault: () => faults.takeForTask() });
  const system: System = { store, tasks, settings, document: loadDocument() };
  if (isNew) fillNewStore(system);
  else endInterrupted(store);
  const scheme = certificate === null ? "http" : "https";
  const listener = createListener({ system, faults, scheme, log: options.log ?? ((line) => console.error(line)) });
  const server: Server = certificate === null ? createHttpServer(listener) : createHttpsServer({ key: certificate.keyPem, cert: certificate.certificatePem }, listener);
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the emulator listens on no port");
  return {
    origin: `${scheme}://127.0.0.1:${address.port}`,
    certificatePem: certificate?.certificatePem ?? null,
    async close() {
      tasks.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}
