// How a host starts its agent: for substrates, which own the first process of a host. Pure text, nothing
// is started here.
import { HOST_STATE_DIR } from "@cynosure/model";
import { compileCacheEnvironment } from "./compile-cache.ts";

/** Exit code of an agent that has stopped all daemons in order: its supervisor ends instead of starting it again. */
export const agentHaltedExitCode = 0;

/** Environment of the agent: compiled code from the installation's cache, one helper thread, one memory arena. */
export const agentEnvironment = (projectDir: string): Readonly<Record<string, string>> => ({ ...compileCacheEnvironment(projectDir), UV_THREADPOOL_SIZE: "1", MALLOC_ARENA_MAX: "1" });

/** The recommended command line, environment included (`env` of coreutils is in every host image). Paths are those inside
 *  the host. The flags keep the JavaScript heap within what the agent needs. */
export const agentArgv = (nodePath: string, projectDir: string, stateDir: string = HOST_STATE_DIR): readonly string[] => [
  "/usr/bin/env",
  ...Object.entries(agentEnvironment(projectDir)).map(([name, value]) => `${name}=${value}`),
  nodePath,
  "--max-old-space-size=32",
  "--max-semi-space-size=1",
  "--disable-warning=ExperimentalWarning",
  `${projectDir}/packages/agent/src/main.ts`,
  ...(stateDir === HOST_STATE_DIR ? [] : ["--state-dir", stateDir]),
];

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A POSIX shell script for the first process of a host: starts the agent, starts it again when it dies, and on
 * SIGTERM asks it to stop all daemons in order (SIGUSR2), then ends. It may run as process 1 of a PID namespace.
 */
export function agentSupervisorScript(nodePath: string, projectDir: string, stateDir: string = HOST_STATE_DIR): string {
  const command = agentArgv(nodePath, projectDir, stateDir).map(quoted).join(" ");
  return [
    `mkdir -p ${quoted(`${stateDir}/log`)} ${quoted(`${stateDir}/agent`)}`,
    "halt=0; agent=",
    `trap 'halt=1; [ -z "$agent" ] || kill -USR2 "$agent" 2>/dev/null' TERM INT`,
    "while :; do",
    // An agent started while halting (the one before died of the signal, or meanwhile) stops the daemons at once.
    `  CYNOSURE_HALT=$halt ${command} >>${quoted(`${stateDir}/log/agent.log`)} 2>&1 </dev/null & agent=$!`,
    // A trapped signal ends `wait` early: wait again for as long as the agent is there.
    `  while :; do wait "$agent"; code=$?; kill -0 "$agent" 2>/dev/null || break; done`,
    "  agent=",
    `  [ $code -ne ${String(agentHaltedExitCode)} ] || break`,
    "  sleep 0.2",
    "done",
    "",
  ].join("\n");
}
