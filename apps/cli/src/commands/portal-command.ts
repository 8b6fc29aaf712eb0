// `cynosure portal`: a fresh URL that opens the portal signed in, as whoever the command acts as.
import type { Command } from "commander";
import { findConnection } from "../connect.ts";
import type { Output } from "../output.ts";
import { mintPortalUrl } from "../portal/portal-url.ts";

export function addPortalCommand(program: Command, output: () => Output): void {
  program
    .command("portal")
    .description("Prints a URL that opens the portal signed in. It works once, and within five minutes.")
    .action(async () => {
      const { url, expiresAt } = await mintPortalUrl(findConnection(process.cwd()));
      output().result({ url, expiresAt }, [url]);
    });
}
