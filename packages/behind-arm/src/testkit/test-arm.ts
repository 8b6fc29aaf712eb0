// An Azure Resource Manager for tests: client certificates of its own making, the document that lists them, a
// loopback server for that document, and calls as ARM makes them.
import { X509Certificate } from "node:crypto";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import type { LoopbackCertificate } from "@cynosure/http-server/testkit";

const DAY_MS = 86_400_000;

export interface ListedClient extends LoopbackCertificate {
  readonly der: Buffer;
  /** Its entry in the metadata document. */
  readonly entry: { readonly thumbprint: string; readonly notBefore: string; readonly notAfter: string; readonly certificate: string };
}

/** `nowMs`: from a day before to a day after it is valid. */
export async function makeArmClient(nowMs: number): Promise<ListedClient> {
  const made = await createLoopbackCertificate({ names: ["arm.test"], nowMs, validDays: 1 });
  const x509 = new X509Certificate(made.certificatePem);
  const entry = { thumbprint: x509.fingerprint.replaceAll(":", ""), notBefore: new Date(nowMs - DAY_MS).toISOString(), notAfter: new Date(nowMs + DAY_MS).toISOString(), certificate: x509.raw.toString("base64") };
  return { ...made, der: x509.raw, entry };
}

export const certificateList = (...clients: readonly ListedClient[]): unknown => ({ clientCertificates: clients.map(({ entry }) => entry) });

export interface DocumentServer {
  readonly url: string;
  readonly caPem: string;
  /** What the next question is answered with. */
  answer: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };
  askedCount: number;
  close(): Promise<void>;
}

/** Serves one document, whatever path is asked for. */
export async function serveDocument(body: unknown): Promise<DocumentServer> {
  const tls = await createLoopbackCertificate({ names: ["127.0.0.1"], nowMs: Date.now(), validDays: 1 });
  const served: DocumentServer = { url: "", caPem: tls.certificatePem, answer: { status: 200, body }, askedCount: 0, close: () => Promise.resolve() };
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem }, (_request, response) => {
    served.askedCount += 1;
    response.writeHead(served.answer.status, { "content-type": "application/json", ...served.answer.headers });
    response.end(served.answer.body === undefined ? "" : JSON.stringify(served.answer.body));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return Object.assign(served, {
    url: `https://127.0.0.1:${port}/metadata/authentication?api-version=2015-01-01`,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  });
}

export interface ArmAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown> & { readonly value?: readonly Record<string, unknown>[]; readonly error?: { readonly code: string; readonly message: string; readonly target?: string } };
}

export interface ArmCall {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly client?: LoopbackCertificate | null;
}

/** One call on a connection of its own. */
export function callProvider(listener: { readonly origin: string; readonly caPem: string }, call: ArmCall): Promise<ArmAnswer> {
  const text = call.body === undefined ? undefined : JSON.stringify(call.body);
  const certificate = call.client === undefined || call.client === null ? {} : { key: call.client.keyPem, cert: call.client.certificatePem };
  return new Promise((resolve, reject) => {
    const asked = request(`${listener.origin}${call.path}`, { method: call.method, ca: listener.caPem, agent: false, ...certificate, headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...call.headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const answered = Buffer.concat(chunks).toString("utf8");
        const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
        resolve({ status: response.statusCode ?? 0, headers, body: answered === "" ? {} : (JSON.parse(answered) as ArmAnswer["body"]) });
      });
    });
    asked.once("error", reject);
    asked.end(text);
  });
}
