// A person's browser in front of the served portal: Debian's Chromium without a screen, signed in by an address of the
// control plane. It keeps what the browser complains of and whom it asked, and judges a page with axe.
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { openCuttableWay } from "./cuttable-way.ts";
import type { Product } from "./product.ts";

export const CHROMIUM = "/usr/bin/chromium";
const axePath = createRequire(new URL("../../../apps/portal/package.json", import.meta.url)).resolve("axe-core/axe.min.js");

export interface PortalBrowser {
  readonly page: Page;
  /** What the browser said of errors, and requests to anybody but the product. */
  readonly complaints: readonly string[];
  /** Breaks every connection to the product, and lets none be made until it is mended. */
  cut(): void;
  mend(): void;
  /** Violations of the page as it is, one line each. */
  axe(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openPortalBrowser(product: Pick<Product, "url">): Promise<PortalBrowser> {
  const way = await openCuttableWay();
  // Without the exception that Chromium makes for loopback.
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"], proxy: { server: way.proxyUrl, bypass: "<-loopback>" } });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ignoreHTTPSErrors: true, reducedMotion: "reduce" });
  await context.addInitScript({ path: axePath });
  const page = await context.newPage();
  const complaints: string[] = [];
  // Chromium itself notes each answer from 400 on; what is refused on purpose is judged by what the page says of it.
  // The same of a connection that a test took away.
  const isNoted = (text: string): boolean => /^Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_(PROXY_CONNECTION_FAILED|TUNNEL_CONNECTION_FAILED|EMPTY_RESPONSE|CONNECTION_CLOSED|CONNECTION_RESET|SOCKET_NOT_CONNECTED|INCOMPLETE_CHUNKED_ENCODING))/.test(text);
  page.on("console", (message) => { if (message.type() === "error" && !isNoted(message.text())) complaints.push(`console: ${message.text()} (${message.location().url})`); });
  page.on("pageerror", (error) => complaints.push(`page: ${error.message}`));
  page.on("request", (request) => { if (!request.url().startsWith(product.url) && !/^(data|blob):/.test(request.url())) complaints.push(`asked ${request.url()}`); });
  return {
    page,
    complaints,
    // Left out: the empty elements by which Fluent hears that the focus came to a group of tabs; each hands it on at once.
    axe: async () => await page.evaluate<readonly string[]>(`axe.run({ exclude: [["[data-tabster-dummy]"]] }, { resultTypes: ["violations"] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " " + target.join(" "))))`),
    cut: () => way.cut(),
    mend: () => way.mend(),
    close: async () => {
      await browser.close();
      await way.close();
    },
  };
}
