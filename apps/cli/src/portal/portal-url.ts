// A URL that signs a browser in to the portal, once: asked of the control plane as whoever the command acts as.
import type { Connection } from "../connect.ts";
import { CommandError, ExitCode, exitCodeForStatus } from "../exit-code.ts";
import { httpsPost } from "../https-post.ts";
import { signIn } from "../sign-in.ts";

export interface PortalUrl {
  readonly url: string;
  readonly expiresAt: string;
}

export async function mintPortalUrl(connection: Connection): Promise<PortalUrl> {
  const { token } = await signIn(connection);
  const { status, members } = await httpsPost(connection, "/portal/codes", { headers: { authorization: `Bearer ${token}` }, body: "" });
  const { url, expiresAt, error } = members;
  if (status === 200 && typeof url === "string" && typeof expiresAt === "string") return { url, expiresAt };
  if (status === 404 || status === 405) throw new CommandError(ExitCode.notFound, `${connection.endpoint} serves no portal; a control plane behind Azure Resource Manager has none`, { code: "PortalNotServed" });
  const message = typeof error === "object" && error !== null && "message" in error ? String(error.message) : `status ${status}, without a URL`;
  throw new CommandError(status === 200 ? ExitCode.failed : exitCodeForStatus(status), `${connection.endpoint} gave no URL for the portal: ${message}`);
}

/** For the end of a start: a portal that gives no URL is said, and no reason to end what runs. */
export async function printPortal(connection: Connection, note: (line: string) => void): Promise<void> {
  try {
    const { url } = await mintPortalUrl(connection);
    note(`Portal: ${url}`);
    note("  opens it signed in, once, within five minutes; another: npx cynosure portal");
  } catch (error) {
    note(`Portal: ${error instanceof Error ? error.message : String(error)}`);
  }
}
