// `cynosure login`: checks that a token can be had, stores where and as whom (0600), or prints a token for
// other tools. Without --endpoint it is about the control plane of this checkout.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { connect, findConnection, signIn, writeLogin } from "../connect.ts";
import type { Connection } from "../connect.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";

interface LoginOptions {
  readonly endpoint?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly ca?: string;
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly location?: string;
  readonly printToken?: boolean;
}

const BUILT_IN_SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";

export function addLoginCommand(program: Command, output: () => Output): void {
  program
    .command("login")
    .description("Signs in to a control plane and remembers it; without --endpoint, to that of this checkout.")
    .option("--endpoint <url>", "Base URL of the ARM endpoint.")
    .option("--client-id <id>", "Service principal.")
    .option("--client-secret <secret>", "Its secret; better in the variable CYNOSURE_CLIENT_SECRET.")
    .option("--ca <file>", "Certificate to trust, as PEM.")
    .option("--subscription <id>", "Default subscription.", BUILT_IN_SUBSCRIPTION)
    .option("--resource-group <name>", "Default resource group.", "quickstart")
    .option("--location <name>", "Default location.", "local")
    .option("--print-token", "Print a bearer token and nothing else.")
    .action((options: LoginOptions) => login(options, output()));
}

async function login(options: LoginOptions, output: Output): Promise<void> {
  const connection = options.endpoint === undefined ? findConnection(process.cwd()) : connectionFrom(options, options.endpoint);
  if (options.printToken === true) {
    const token = await connect(connection).token();
    output.result({ token }, [token]);
    return;
  }
  await signIn(connection);
  if (options.endpoint === undefined) {
    output.result({ endpoint: connection.endpoint, clientId: connection.credentials.clientId }, [`signed in to ${connection.endpoint} as ${connection.credentials.clientId}`]);
    return;
  }
  const path = writeLogin(connection);
  output.result({ endpoint: connection.endpoint, clientId: connection.credentials.clientId, path }, [`signed in to ${connection.endpoint} as ${connection.credentials.clientId}; remembered in ${path}`]);
}

function connectionFrom(options: LoginOptions, endpoint: string): Connection {
  const clientSecret = options.clientSecret ?? process.env["CYNOSURE_CLIENT_SECRET"];
  if (options.clientId === undefined || clientSecret === undefined) throw new CommandError(ExitCode.usage, "login --endpoint needs --client-id and --client-secret (or the variable CYNOSURE_CLIENT_SECRET)");
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== "https:") throw new CommandError(ExitCode.usage, `--endpoint ${endpoint} is not an https URL`);
  let caPem: string | null = null;
  try {
    if (options.ca !== undefined) caPem = readFileSync(options.ca, "utf8");
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `--ca ${options.ca} cannot be read`, { cause });
  }
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    caPem,
    credentials: { clientId: options.clientId, clientSecret },
    scope: { subscriptionId: options.subscription ?? BUILT_IN_SUBSCRIPTION, resourceGroupName: options.resourceGroup ?? "quickstart", location: options.location ?? "local" },
  };
}
