// `cynosure login`: checks that a token can be had, stores where and as whom (0600), or prints a token for
// other tools. Without --endpoint it is about the control plane of this checkout.
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { connect, findConnection, forgetLogin, writeLogin } from "../connect.ts";
import type { Connection } from "../connect.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import type { Output } from "../output.ts";
import { nameInToken, signIn, signInWithDeviceCode } from "../sign-in.ts";

interface LoginOptions {
  readonly endpoint?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly deviceCode?: boolean;
  readonly ca?: string;
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly location?: string;
  readonly printToken?: boolean;
}

const BUILT_IN_SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";

export function addLoginCommand(program: Command, output: () => Output, signal: AbortSignal): void {
  program
    .command("login")
    .description("Signs in to a control plane and remembers it; without --endpoint, to that of this checkout.")
    .option("--endpoint <url>", "Base URL of the ARM endpoint.")
    .option("--client-id <id>", "Service principal.")
    .option("--client-secret <secret>", "Its secret; better in the variable CYNOSURE_CLIENT_SECRET.")
    .option("--device-code", "Sign in as a person, on a page of any device.")
    .option("--ca <file>", "Certificate to trust, as PEM.")
    .option("--subscription <id>", "Default subscription.", BUILT_IN_SUBSCRIPTION)
    .option("--resource-group <name>", "Default resource group.", "quickstart")
    .option("--location <name>", "Default location.", "local")
    .option("--print-token", "Print a bearer token and nothing else.")
    .action((options: LoginOptions) => login(options, output(), signal));
}

async function login(options: LoginOptions, output: Output, signal: AbortSignal): Promise<void> {
  if (options.deviceCode === true && (options.clientId !== undefined || options.clientSecret !== undefined)) throw new CommandError(ExitCode.usage, "login --device-code takes no --client-id and no --client-secret: the person gives them on the page");
  // Nobody named: the checkout's own principal is meant, from here on.
  if (options.endpoint === undefined && options.deviceCode !== true && options.clientId === undefined && options.printToken !== true) forgetLogin(process.cwd());
  const wanted = options.endpoint === undefined ? ofCheckout(options) : connectionFrom(options, options.endpoint);
  const connection = options.deviceCode === true ? await asPerson(wanted, options, output, signal) : wanted;
  if (options.printToken === true) {
    const token = await connect(connection).token();
    output.result({ token }, [token]);
    return;
  }
  const { token } = await signIn(connection);
  const who = "token" in connection.credentials ? nameInToken(token) : connection.credentials.clientId;
  const json = { endpoint: connection.endpoint, ...("token" in connection.credentials ? { person: who, expiresOn: new Date(connection.credentials.expiresOnTimestamp).toISOString() } : { clientId: who }) };
  const line = `signed in to ${connection.endpoint} as ${who}`;
  if (options.endpoint === undefined && options.deviceCode !== true && options.clientId === undefined) {
    output.result(json, [line]);
    return;
  }
  const path = writeLogin(connection);
  output.result({ ...json, path }, [line, `remembered in ${path}`]);
}

/** The control plane of this checkout, as its own principal or as the one that is named. */
function ofCheckout(options: LoginOptions): Connection {
  const found = findConnection(process.cwd());
  return options.clientId === undefined ? found : { ...found, credentials: clientOf(options) };
}

async function asPerson(connection: Connection, options: LoginOptions, output: Output, signal: AbortSignal): Promise<Connection> {
  const say = (line: string): void => void (options.printToken === true ? process.stderr.write(`${line}\n`) : output.note(line));
  return { ...connection, credentials: await signInWithDeviceCode({ endpoint: connection.endpoint, caPem: connection.caPem, say, signal }) };
}

function clientOf(options: LoginOptions): { readonly clientId: string; readonly clientSecret: string } {
  const clientSecret = options.clientSecret ?? process.env["CYNOSURE_CLIENT_SECRET"];
  if (options.clientId === undefined || clientSecret === undefined) throw new CommandError(ExitCode.usage, "login needs --client-id and --client-secret (or the variable CYNOSURE_CLIENT_SECRET), or --device-code");
  return { clientId: options.clientId, clientSecret };
}

function connectionFrom(options: LoginOptions, endpoint: string): Connection {
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== "https:") throw new CommandError(ExitCode.usage, `--endpoint ${endpoint} is not an https URL`);
  // The device code's own token takes this place before anything is sent.
  const credentials = options.deviceCode === true ? { token: "", expiresOnTimestamp: 0 } : clientOf(options);
  let caPem: string | null = null;
  try {
    if (options.ca !== undefined) caPem = readFileSync(options.ca, "utf8");
  } catch (cause) {
    throw new CommandError(ExitCode.usage, `--ca ${options.ca} cannot be read`, { cause });
  }
  return {
    endpoint: endpoint.replace(/\/+$/, ""),
    caPem,
    credentials,
    scope: { subscriptionId: options.subscription ?? BUILT_IN_SUBSCRIPTION, resourceGroupName: options.resourceGroup ?? "quickstart", location: options.location ?? "local" },
  };
}
