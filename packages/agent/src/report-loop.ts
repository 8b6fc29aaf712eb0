// Sending the host report: at once when it changed, every ten seconds otherwise, the newest only.
import type { HostReport } from "@cynosure/model";
import { clientLimits, createBackOff, GatewayRefusal, pause } from "./gateway-client.ts";
import type { GatewayClient } from "./gateway-client.ts";

export const heartbeatMs = 10_000;

/** Wakes a sleeper; what happens before somebody sleeps is remembered. */
export interface Bell {
  ring(): void;
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let isRung = false;
  let wake: (() => void) | null = null;
  return {
    ring: () => {
      isRung = true;
      wake?.();
    },
    wait: async (timeoutMs, signal) => {
      if (!isRung) {
        const rung = new AbortController();
        wake = () => {
          rung.abort();
        };
        await pause(timeoutMs, AbortSignal.any([signal, rung.signal]));
        wake = null;
      }
      isRung = false;
    },
  };
}

/** Runs until the signal aborts; rejects with GatewayRefusal when the identity is not accepted. */
export async function runReportLoop(options: { readonly client: GatewayClient; readonly bell: Bell; readonly build: () => HostReport; readonly log: (line: string) => void; readonly signal: AbortSignal }): Promise<void> {
  const { client, bell, build, signal } = options;
  const backOff = createBackOff();
  let sent = "";
  let sentAtMs = 0;
  while (!signal.aborted) {
    const report = build();
    const text = JSON.stringify(report);
    const leftMs = sentAtMs + heartbeatMs - Date.now();
    if (text === sent && leftMs > 0) {
      await bell.wait(leftMs, signal);
      continue;
    }
    try {
      await client.call({ method: "POST", path: "/v1/report", body: report, timeoutMs: clientLimits.callMsMax, signal });
      sent = text;
      sentAtMs = Date.now();
      backOff.succeeded();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof GatewayRefusal && (error.status === 401 || error.status === 403)) throw error;
      if (error instanceof GatewayRefusal) options.log(`the report was refused: ${error.message}`);
      await backOff.failed(signal);
    }
  }
}
