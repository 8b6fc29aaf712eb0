// The agent as a process for tests: as main.ts, with a trigger that ends it at the n-th named point
// (`--kill-at n`, as kill -9 would), a disk that is full while a file exists (`--full-while path`) and
// handlers for requests.
import { existsSync, writeSync } from "node:fs";
import { startAgent } from "../agent.ts";
import { systemFileWriter } from "../state-file.ts";

const flag = (name: string): string | null => {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
};

const killAt = Number(flag("--kill-at") ?? 0);
const stateDir = flag("--state-dir");
const fullWhile = flag("--full-while");
let points = 0;

const agent = await startAgent({
  ...(stateDir === null ? {} : { stateDir }),
  log: (line) => {
    writeSync(2, `${line}\n`);
  },
  writer: {
    replace: (path, text, mode, isDurable) => {
      if (fullWhile !== null && existsSync(fullWhile)) throw Object.assign(new Error("write"), { code: "ENOSPC" });
      systemFileWriter.replace(path, text, mode, isDurable);
    },
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
