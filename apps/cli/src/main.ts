// Entry of the CLI under the project's Node: parses, runs one command, turns whatever it ended with into a
// line on standard error (or JSON) and a documented exit code. The only place that ends the process.
import { CommanderError } from "commander";
import { CommandError, ExitCode } from "./exit-code.ts";
import { buildProgram, isHelp } from "./program.ts";

const controller = new AbortController();
let interrupts = 0;
const interrupt = (): void => {
  interrupts += 1;
  if (interrupts > 1) process.exit(ExitCode.interrupted);
  controller.abort(new CommandError(ExitCode.interrupted, "interrupted", { code: "Interrupted" }));
};
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
process.on("SIGHUP", interrupt);

const program = buildProgram(controller.signal);
let exitCode: number;
try {
  await program.command.parseAsync(process.argv);
  exitCode = program.exitCode;
} catch (error) {
  exitCode = report(error);
}
// A pipe takes 64 KB at once, and what it has not taken yet would be lost.
await Promise.all([drained(process.stdout), drained(process.stderr)]);
// Now, not when the last timer is over: what a lost control plane was still being asked is of no use any more.
process.exit(exitCode);

/** Until the reader has everything, or is gone. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.on("error", () => resolve());
    stream.write("", () => resolve());
  });
}

function report(error: unknown): number {
  if (isHelp(error)) return ExitCode.ok;
  const isJson = process.argv.includes("--json");
  if (error instanceof CommanderError) {
    print(isJson, { code: "Usage", message: error.message.replace(/^error: /, "") });
    return ExitCode.usage;
  }
  // What a timer or a request throws when the signal aborts is not the reason; the signal knows it.
  const known = error instanceof CommandError ? error : controller.signal.aborted && controller.signal.reason instanceof CommandError ? controller.signal.reason : null;
  if (known !== null) {
    print(isJson, { code: known.code, message: known.message, ...(known.target === undefined ? {} : { target: known.target }), ...(known.operationId === undefined ? {} : { operationId: known.operationId }) });
    return known.exitCode;
  }
  print(isJson, { code: "Unexpected", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return ExitCode.failed;
}

function print(isJson: boolean, error: { code: string; message: string; target?: string; operationId?: string }): void {
  // Where nothing of the request is at fault the target is the resource itself, which the sentence has just named.
  const where = error.target === undefined || error.target.startsWith("/") ? "" : ` (${error.target})`;
  const operation = error.operationId === undefined ? "" : `\n  operation: ${error.operationId}`;
  process.stderr.write(isJson ? `${JSON.stringify({ error })}\n` : `cynosure: ${error.message}${where}${operation}\n`);
}
