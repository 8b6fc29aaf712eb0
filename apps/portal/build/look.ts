// `npm run look -w @cynosure/portal -- FOLDER`: opens every page of the built portal over the mock in a headless
// Chromium, in both themes and two sizes; keeps a picture of each, and fails on what the browser or axe complains of.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";
import type { Page } from "playwright-core";
import { signInCode, startMockServer } from "./mock/mock-server.ts";

const folder = process.argv[2] ?? "looks";
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const cluster = "/portal/clusters/quickstart";
const pages: readonly (readonly [name: string, path: string])[] = [
  ["fleet", "/portal/"],
  ["create", "/portal/create"],
  ...["overview", "hosts", "plan", "operations", "plans", "file-systems", "buckets", "engine", "engine?type=cephPool", "activity"].map((tab) => [`cluster-${tab.replace(/\?.*=/, "-")}`, `${cluster}/quarry/${tab}`] as const),
  ["plan-running", `${cluster}/harbour/plan`],
  ["access", "/portal/access"],
  ["doctor", "/portal/doctor"],
  ["not-found", "/portal/nothing-here"],
];
const sizes = [{ width: 1280, height: 800 }, { width: 800, height: 600 }] as const;
const themes = ["light", "dark"] as const;

interface AxeViolation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

async function checkAxe(page: Page, where: string): Promise<readonly string[]> {
  // Left out: the empty elements by which Fluent hears that the focus came to a group of tabs; each hands it on at once.
  const violations: readonly AxeViolation[] = await page.evaluate(`axe.run({ exclude: [["[data-tabster-dummy]"]] }, { resultTypes: ["violations"] }).then(({ violations }) => violations)`);
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${where}: ${id}: ${help}: ${target.join(" ")} ${failureSummary ?? ""}`));
}

const server = await startMockServer();
const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const faults: string[] = [];
mkdirSync(folder, { recursive: true });
try {
  for (const theme of themes) {
    for (const viewport of sizes) {
      const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: "reduce" });
      // From here, not from the page: the policy of the page allows no script of others.
      await context.addInitScript({ path: axePath });
      const page = await context.newPage();
      let where = "sign-in";
      page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") faults.push(`${where}: console: ${message.text()}`); });
      page.on("pageerror", (error) => faults.push(`${where}: ${error.message}`));
      page.on("request", (request) => { if (!request.url().startsWith(server.url) && !request.url().startsWith("data:")) faults.push(`${where}: asked ${request.url()}`); });
      await page.goto(`${server.url}/portal/sign-in`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.screenshot({ path: path.join(folder, `sign-in-${theme}-${viewport.width}.png`) });
      faults.push(...(await checkAxe(page, where)));
      await page.goto(`${server.url}/portal/sign-in?again#code=${signInCode}`);
      await page.getByRole("heading", { level: 1, name: "Fleet" }).waitFor();
      for (const [name, address] of pages) {
        where = `${name} ${theme} ${viewport.width}`;
        await page.goto(`${server.url}${address}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForLoadState("load");
        while ((await page.locator(".fui-Spinner").count()) > 0) await page.locator(".fui-Spinner").first().waitFor({ state: "detached" });
        for (const text of await page.getByRole("alert").allTextContents()) faults.push(`${where}: says: ${text}`);
        await page.screenshot({ path: path.join(folder, `${name}-${theme}-${viewport.width}.png`) });
        faults.push(...(await checkAxe(page, where)));
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
for (const fault of new Set(faults)) console.log(fault);
console.log(`${pages.length} pages in ${themes.length} themes and ${sizes.length} sizes, ${new Set(faults).size} faults; pictures in ${folder}`);
process.exitCode = faults.length === 0 ? 0 : 1;
