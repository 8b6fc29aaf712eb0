import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { createLoopbackCertificate } from "@cynosure/http-server/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openUrlPull } from "./url-pull.ts";
import { NO_URL_TARGETS, isAllowedAddress, parseUrlTargets } from "./url-targets.ts";

let server: https.Server;
let port = 0;
let caPem = "";
const hosts: (string | undefined)[] = [];
beforeAll(async () => {
  const { keyPem, certificatePem } = await createLoopbackCertificate({ names: ["files.example"], nowMs: Date.now(), validDays: 2 });
  caPem = certificatePem;
  server = https.createServer({ key: keyPem, cert: certificatePem }, (request, response) => {
    hosts.push(request.headers.host);
    if (request.url === "/moved") response.writeHead(302, { location: "https://169.254.169.254/" }).end();
    else response.end("the file");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port; // listens on TCP
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const pull = (url: string, addresses: readonly string[], allowed = "") => openUrlPull(url, { allowed: allowed === "" ? NO_URL_TARGETS : parseUrlTargets(allowed), caPem, resolve: () => Promise.resolve(addresses), timeoutMsMax: 2_000 });

test.each(["http://files.example/", "ftp://files.example/", "file:///etc/passwd", "https://user:secret@files.example/", "files.example", ""])("only a plain https URL is read: %j", async (url) => {
  await expect(pull(url, ["93.184.216.34"])).rejects.toMatchObject({ code: "InvalidParameter", target: "sourceUri" });
});

test.each(["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "168.63.129.16", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "not an address", "fe80::1%eth0"])("%s is not public", async (address) => {
  expect(isAllowedAddress(address, "files.example", NO_URL_TARGETS)).toBe(false);
  await expect(pull("https://files.example/", [address])).rejects.toMatchObject({ code: "InvalidParameter" });
});

test.each(["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://017700000001/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://127.1/"])("however it is written, an address in the URL is checked: %s", async (url) => {
  await expect(openUrlPull(url, { allowed: NO_URL_TARGETS })).rejects.toThrow("no public address");
});

test.each(["93.184.216.34", "20.60.0.1", "2606:2800:220:1::1"])("%s is public", (address) => expect(isAllowedAddress(address, "files.example", NO_URL_TARGETS)).toBe(true));

test("one address among several that is not public is enough to refuse", async () => {
  await expect(pull("https://files.example/", ["93.184.216.34", "127.0.0.1"])).rejects.toThrow("127.0.0.1");
});

test("what is allowed is read from the address that was looked at, under the name of the URL, and its certificate must be that name's", async () => {
  const answer = await pull(`https://files.example:${port}/bundle?sig=1`, ["127.0.0.1"], "127.0.0.0/8");
  expect([await text(answer), hosts.at(-1)]).toEqual(["the file", `files.example:${port}`]);
  await expect(pull(`https://other.example:${port}/`, ["127.0.0.1"], "127.0.0.1")).rejects.toThrow("altnames");
});

test("a redirect is not followed", async () => {
  await expect(pull(`https://files.example:${port}/moved`, ["127.0.0.1"], "127.0.0.1")).rejects.toThrow("which is not followed");
});

test("a name that is listed is read wherever it leads, and no other name that leads there too", async () => {
  const answer = await pull(`https://FILES.example:${port}/bundle`, ["127.0.0.1"], "files.example");
  expect([await text(answer), hosts.at(-1)]).toEqual(["the file", `files.example:${port}`]);
  await expect(pull(`https://other.example:${port}/`, ["127.0.0.1"], "files.example")).rejects.toThrow("no public address");
  await expect(pull(`https://127.0.0.1:${port}/`, [], "files.example")).rejects.toThrow("no public address");
});

test("what is listed is still read over https alone", async () => {
  await expect(pull(`http://files.example:${port}/`, ["127.0.0.1"], "files.example,127.0.0.1")).rejects.toThrow("only https is read");
});

test("a listed name whose addresses are looked up once cannot lead elsewhere behind the judgement", async () => {
  const answers = [["127.0.0.1"], ["169.254.169.254"]];
  const answer = await openUrlPull(`https://files.example:${port}/once`, { allowed: parseUrlTargets("files.example"), caPem, resolve: () => Promise.resolve(answers.shift() ?? []), timeoutMsMax: 2_000 });
  expect([await text(answer), answers]).toEqual(["the file", [["169.254.169.254"]]]);
  await expect(openUrlPull(`https://files.example:${port}/twice`, { allowed: parseUrlTargets("files.example"), caPem, resolve: () => Promise.resolve(answers.shift() ?? []) })).rejects.toThrow("169.254.169.254");
});

test("a redirect of a listed name is not followed, and where it leads is judged anew when it is given", async () => {
  await expect(pull(`https://files.example:${port}/moved`, ["127.0.0.1"], "files.example")).rejects.toThrow("which is not followed");
  await expect(pull("https://169.254.169.254/", [], "files.example,127.0.0.1")).rejects.toThrow("no public address");
});

test("an authority of the operator's own is trusted by NODE_EXTRA_CA_CERTS", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "cynosure-url-pull-"));
  try {
    writeFileSync(join(scratch, "ca.pem"), caPem);
    const [from, targets] = ["url-pull.ts", "url-targets.ts"].map((name) => JSON.stringify(new URL(name, import.meta.url)));
    const program = `import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util"; import { openUrlPull } from ${from}; import { parseUrlTargets } from ${targets};
      console.log(await text(await openUrlPull("https://files.example:${port}/", { allowed: parseUrlTargets("files.example"), resolve: async () => ["127.0.0.1"] })));`;
    const run = (env: NodeJS.ProcessEnv) => promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { env: { ...process.env, ...env } });
    expect((await run({ NODE_EXTRA_CA_CERTS: join(scratch, "ca.pem") })).stdout).toBe("the file\n");
    await expect(run({ NODE_EXTRA_CA_CERTS: "" })).rejects.toThrow("self-signed certificate");
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
