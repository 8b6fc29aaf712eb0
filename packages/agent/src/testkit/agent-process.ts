// The agent as a process for tests: as main.ts, with a trigger that ends it at the n-th named point
// (`--kill-at n`, as kill -9 would) and handlers for requests.
import { writeSync } from "node:fs";
import { startAgent } from "../agent.ts";

const flag = (name: string): string | null => {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
};

const killAt = Number(flag("--kill-at") ?? 0);
const stateDir = flag("--state-dir");
let points = 0;

const agent = await startAgent({
  ...(stateDir === null ? {} : { stateDir }),
  log: (line) => {
    writeSync(2, `${line}\n`);
  },
  onPoint: (point) => {
    points += 1;
    if (points !== killAt) return;
    writeSync(2, `killed at ${point}\n`);
    process.kill(process.pid, "SIGKILL");
  },
  loadHandlers: async () => ({
    "test.echo": async (payload) => payload,
    "test.fail": async () => {
      throw new Error("asked to fail");
    },
    "test.hang": () => new Promise(() => undefined),
  }),
});
process.on("SIGUSR2", () => {
  void agent.halt().then(() => process.exit(0));
});
