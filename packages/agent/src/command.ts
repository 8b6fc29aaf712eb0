// How a host starts its agent: for substrates, which own the first process of a host. Pure text, nothing
// is started here.
import { HOST_STATE_DIR } from "@cynosure/model";

/** Exit code of an agent that has stopped all daemons in order: its supervisor ends instead of starting it again. */
export const agentHaltedExitCode = 0;

/** The recommended command line. The flags keep the JavaScript heap within what the agent needs. */
export const agentArgv = (nodePath: string, projectDir: string, stateDir: string = HOST_STATE_DIR): readonly string[] => [
  nodePath,
  "--max-old-space-size=32",
  "--max-semi-space-size=1",
  "--disable-warning=ExperimentalWarning",
  `${projectDir}/packages/agent/src/main.ts`,
  ...(stateDir === HOST_STATE_DIR ? [] : ["--state-dir", stateDir]),
];

/** Environment of the agent. Compiled code is kept in the host's state: without it the type stripper alone costs 12 MB. */
export const agentEnvironment = (stateDir: string = HOST_STATE_DIR): Readonly<Record<string, string>> => ({
  NODE_COMPILE_CACHE: `${stateDir}/agent/compile-cache`,
  UV_THREADPOOL_SIZE: "1",
  MALLOC_ARENA_MAX: "1",
});

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A POSIX shell script for the first process of a host: starts the agent, starts it again when it dies, and on
 * SIGTERM asks it to stop all daemons in order (SIGUSR2), then ends. It may run as process 1 of a PID namespace.
 */
export function agentSupervisorScript(nodePath: string, projectDir: string, stateDir: string = HOST_STATE_DIR): string {
  const environment = Object.entries(agentEnvironment(stateDir)).map(([name, value]) => `${name}=${quoted(value)}`).join(" ");
  const command = agentArgv(nodePath, projectDir, stateDir).map(quoted).join(" ");
  return [
    `mkdir -p ${quoted(`${stateDir}/log`)} ${quoted(`${stateDir}/agent`)}`,
    "halt=0; agent=",
    `trap 'halt=1; [ -z "$agent" ] || kill -USR2 "$agent" 2>/dev/null' TERM INT`,
    "while :; do",
    // An agent started while halting (the one before died of the signal, or meanwhile) stops the daemons at once.
    `  CYNOSURE_HALT=$halt ${environment} ${command} >>${quoted(`${stateDir}/log/agent.log`)} 2>&1 </dev/null & agent=$!`,
    // A trapped signal ends `wait` early: wait again for as long as the agent is there.
    `  while :; do wait "$agent"; code=$?; kill -0 "$agent" 2>/dev/null || break; done`,
    "  agent=",
    `  [ $code -ne ${String(agentHaltedExitCode)} ] || break`,
    "  sleep 0.2",
    "done",
    "",
  ].join("\n");
}
