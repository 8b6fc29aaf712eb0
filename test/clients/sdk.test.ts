// Our own SDK where its users have it: the example of the README run against the served product, and the whole of
// it bundled for a browser, where there is nothing of Node. The bundle then signs in and calls by `fetch` alone.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkExchanges } from "./support/check-exchanges.ts";
import { plainEnvironment, root, startProduct } from "./support/product.ts";
import type { Product } from "./support/product.ts";

let product: Product;
let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "cynosure-sdk-"));
  product = await startProduct();
});
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await product.close();
});

/** Runs a program with what it needs to reach the product, and answers what it printed. */
function runProgram(path: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = { ...plainEnvironment(), CYNOSURE_ENDPOINT: product.url, CYNOSURE_CLIENT_ID: product.clientId, CYNOSURE_CLIENT_SECRET: product.clientSecret, CYNOSURE_SUBSCRIPTION_ID: product.subscriptionId, CYNOSURE_CA: product.caPath, CYNOSURE_ENGINE: "simulated", ...more };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [path], { env, timeout: 120_000 }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(`${stderr}${stdout}`, { cause: error }))));
  });
}

describe("the SDK", () => {
  it("runs the example: create with progress, a child, a list, delete", async () => {
    const said = await runProgram(join(root, "examples/sdk/create-cluster.ts"));
    expect(said.split("\n").filter((line) => !line.startsWith("creating: "))).toEqual(["meadow: Succeeded (SIMULATED)", "home: Succeeded, mounted at /home", "cluster meadow", "deleted", ""]);
    expect(said).toMatch(/^creating: \d+ %/);
  });

  it("has nothing of Node in what a browser gets, and works there over fetch alone", async () => {
    const entry = join(scratch, "entry.ts");
    writeFileSync(
      entry,
      `import { CynosureClient, createClientSecretCredential } from ${JSON.stringify(join(root, "packages/sdk/src/index.ts"))};
      globalThis.useSdk = async (o) => {
        const credential = createClientSecretCredential(o);
        const client = new CynosureClient({ ...o, credential, credentialScopes: o.endpoint + "/.default" });
        const names = [];
        for await (const group of client.resourceGroups.list()) names.push(group.name);
        const refused = await client.clusters.get("quickstart", "nowhere").catch((error) => error.code);
        return { names, refused };
      };`,
    );
    // What Vite puts in the place of a Node module when it bundles for browsers; it is not to be needed.
    const output = await build({ root: scratch, configFile: false, logLevel: "silent", build: { write: false, minify: false, target: "es2022", lib: { entry, formats: ["es"], fileName: "sdk" } } });
    const [bundle] = Array.isArray(output) ? output : [output];
    const chunks = bundle !== undefined && "output" in bundle ? bundle.output : [];
    const code = chunks.map((chunk) => ("code" in chunk ? chunk.code : "")).join("\n");
    expect(code).toContain("useSdk");
    expect(code.match(/(?:from|import|require)\s*\(?\s*["'](?:node:[\w/]+|fs|http|https|net|tls|crypto|os|stream|util|zlib)["']/g)).toBeNull();
    expect(code).not.toContain("__vite-browser-external");
    // A realm with what a browser has, and without what only Node has.
    const page = join(scratch, "page.mjs");
    writeFileSync(join(scratch, "bundle.js"), code);
    writeFileSync(
      page,
      `import { readFileSync } from "node:fs";
      import vm from "node:vm";
      const { CYNOSURE_ENDPOINT: endpoint, CYNOSURE_CLIENT_ID: clientId, CYNOSURE_CLIENT_SECRET: clientSecret, CYNOSURE_SUBSCRIPTION_ID: subscriptionId } = process.env;
      const names = ["fetch", "Headers", "Request", "Response", "URL", "URLSearchParams", "AbortController", "AbortSignal", "TextEncoder", "TextDecoder", "ReadableStream", "Blob", "FormData", "setTimeout", "clearTimeout", "btoa", "atob", "crypto", "console", "DOMException", "Event", "EventTarget", "performance", "queueMicrotask", "structuredClone"];
      const realm = vm.createContext(Object.fromEntries(names.map((name) => [name, globalThis[name]])));
      vm.runInContext("globalThis.self = globalThis; globalThis.window = globalThis; globalThis.document = {}; globalThis.navigator = { userAgent: 'test' };", realm);
      vm.runInContext("'use strict';" + readFileSync(new URL("bundle.js", import.meta.url), "utf8").replace(/^export\\b.*$/gm, ""), realm);
      console.log(JSON.stringify(await realm.useSdk({ endpoint, clientId, clientSecret, subscriptionId })));
      process.exit(0); // the fetch client leaves the timers of its time limits, which a page does not mind`,
    );
    // fetch takes no certificate of its own, as in a browser: the machine's trust is widened instead.
    const said = await runProgram(page, { NODE_EXTRA_CA_CERTS: product.caPath });
    expect(JSON.parse(said)).toEqual({ names: ["quickstart"], refused: "ResourceNotFound" });
  });

  it("is shown in its README as it is in the example", () => {
    const readme = readFileSync(join(root, "packages/sdk/README.md"), "utf8");
    const example = readFileSync(join(root, "examples/sdk/create-cluster.ts"), "utf8").replaceAll(/\s+/g, " ");
    const shown = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    const lines = shown.split("\n").filter((line) => line.trim() !== "" && line.trim() !== "…" && !line.trim().startsWith("//"));
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(example).toContain(line.trim().replaceAll(/\s+/g, " "));
  });

  it("had only exchanges that are as the OpenAPI documents say", async () => {
    const report = await checkExchanges(product.exchanges());
    expect(report.faults).toEqual([]);
    expect(report.validated).toEqual(report.exercised);
  });
});
