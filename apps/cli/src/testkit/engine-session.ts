// The program as a user types it, against an ARM endpoint of a test and a data directory of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { CommandError } from "../exit-code.ts";
import { buildProgram, isHelp } from "../program.ts";
import { startEngineArmServer } from "./engine-arm-server.ts";
import type { EngineArmServer } from "./engine-arm-server.ts";

export interface Typed {
  readonly text: string;
  readonly lines: readonly string[];
  readonly json: unknown;
  readonly exitCode: number;
  /** What the command ended with. */
  readonly error: CommandError | null;
}

export interface EngineSession {
  readonly server: EngineArmServer;
  readonly dataDir: string;
  type(...words: string[]): Promise<Typed>;
  close(): void;
}

export async function openEngineSession(): Promise<EngineSession> {
  const server = await startEngineArmServer();
  const dataDir = mkdtempSync(join(tmpdir(), "cynosure-engine-"));
  const caPath = join(dataDir, "ca.pem");
  const { subscriptionId, resourceGroupName, location } = server.scope;
  writeFileSync(caPath, server.caPem);
  writeFileSync(join(dataDir, "control-plane.json"), JSON.stringify({ url: server.endpoint, caPath, installationId: "i", rung: "d", tenantId: "t", subscriptionId, resourceGroup: resourceGroupName, location }));
  writeFileSync(join(dataDir, "credentials.json"), JSON.stringify({ clientId: "a", clientSecret: "b" }), { mode: 0o600 });
  vi.stubEnv("CYNOSURE_HOME", dataDir);
  vi.stubEnv("XDG_CONFIG_HOME", dataDir);
  return {
    server,
    dataDir,
    type,
    close: () => {
      server.close();
      vi.unstubAllEnvs();
      rmSync(dataDir, { recursive: true });
    },
  };
}

async function type(...words: string[]): Promise<Typed> {
  const printed: string[] = [];
  const spies = [vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0), vi.spyOn(process.stderr, "write").mockImplementation(() => true)];
  const program = buildProgram(new AbortController().signal);
  let error: CommandError | null = null;
  try {
    await program.command.parseAsync(["node", "cynosure", ...words]);
  } catch (caught) {
    if (caught instanceof CommandError) error = caught;
    else if (!isHelp(caught)) throw caught;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const text = printed.join("");
  const lines = text.trimEnd().split("\n");
  return { text, lines, json: words.includes("--json") && error === null ? (JSON.parse(text) as unknown) : undefined, exitCode: error?.exitCode ?? program.exitCode, error };
}
