// `npm run emulator -- vms`: the emulator as a program of its own, until SIGINT or SIGTERM.
import { renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DEFAULT_USER, NODES_MAX } from "./options.ts";
import { startVmsEmulator } from "./start.ts";

const USAGE = `usage: emulator vms [--port <number>] [--seed <number>] [--nodes <0 to ${NODES_MAX}>] [--data-file <path>] [--cluster <name>] [--task-ms <number>] [--http] [--json] [--ready-file <path>]`;
const PORT_MAX = 65_535;
const TASK_MS_MAX = 3_600_000;
const SEED_MAX = 0xffff_ffff;

function numberOf(text: string | undefined, name: string, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < 0 || value > max) throw new RangeError(`--${name} is ${JSON.stringify(text)}; give a whole number from 0 to ${max}`);
  return value;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string" }, seed: { type: "string" }, nodes: { type: "string" }, "data-file": { type: "string" }, cluster: { type: "string" }, "task-ms": { type: "string" }, http: { type: "boolean" }, json: { type: "boolean" }, "ready-file": { type: "string" } },
  });
  if (positionals.length !== 1 || positionals[0] !== "vms") throw new RangeError(`the only emulator is vms, and ${JSON.stringify(positionals.join(" "))} was asked for`);
  const given = { port: numberOf(values.port, "port", PORT_MAX), seed: numberOf(values.seed, "seed", SEED_MAX), nodes: numberOf(values.nodes, "nodes", NODES_MAX), taskMs: numberOf(values["task-ms"], "task-ms", TASK_MS_MAX) };
  const emulator = await startVmsEmulator({
    ...(given.port === undefined ? {} : { port: given.port }),
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.nodes === undefined ? {} : { nodes: given.nodes }),
    ...(given.taskMs === undefined ? {} : { delays: { taskMs: given.taskMs } }),
    ...(values["data-file"] === undefined ? {} : { dataFile: values["data-file"] }),
    ...(values.cluster === undefined ? {} : { installedCluster: values.cluster }),
    ...(values.http === true ? { tls: false } : {}),
  });
  const { origin, certificatePem } = emulator;
  const facts = JSON.stringify({ isEmulated: true, origin, pid: process.pid, username: DEFAULT_USER.username, certificatePem });
  const readyFile = values["ready-file"];
  if (readyFile !== undefined) {
    // Whole or not at all: whoever waits for it reads it at once.
    writeFileSync(`${readyFile}.new`, `${facts}\n`, { mode: 0o600 });
    renameSync(`${readyFile}.new`, readyFile);
  }
  if (values.json === true) console.log(facts);
  else console.log(`EMULATED management server at ${origin}/api/latest/ (user ${DEFAULT_USER.username}, password ${DEFAULT_USER.password} unless its data file says otherwise). Ctrl-C ends it.`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
}

try {
  await run();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
