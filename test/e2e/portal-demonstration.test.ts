// The demonstration of the portal on real Ceph, seen in Debian's Chromium: a live client writes and reads, a host is
// killed by a button, the cluster says that it is degraded, the host is restored, the cluster heals, nothing is lost.
import { existsSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { CHROMIUM, openPortalBrowser } from "../clients/support/portal-browser.ts";
import type { PortalBrowser } from "../clients/support/portal-browser.ts";
import { describeWhen } from "../require.ts";
import { createHome, lastJson, missingForCeph } from "./support/cynosure.ts";
import { endHome } from "./support/small-cluster.ts";

const missing = existsSync(CHROMIUM) ? missingForCeph() : "Chromium is not installed; apt-get install chromium";

describeWhen(missing, "the portal on real Ceph", () => {
  const home = createHome();
  let browser: PortalBrowser | undefined;

  afterAll(async () => {
    await browser?.close();
    await endHome(home);
  });

  it("shows a host killed, the cluster degraded and healed, and a client that lost nothing", async () => {
    const up = home.start(["up", "--rung", "a", "--yes"]);
    await up.untilSays("Ready. Ctrl-C stops everything");
    const { url } = lastJson(await home.run(["portal", "--json"]));
    browser = await openPortalBrowser(home.record());
    const { page, complaints } = browser;
    await page.goto(String(url));
    await page.getByRole("link", { name: "proof-of-concept" }).click();
    await page.getByRole("tab", { name: "Hosts" }).click();
    await page.getByRole("button", { name: "Start a live client" }).click();
    await page.getByText(/^0 corrupt of [1-9]/).waitFor({ timeout: 120_000 });

    await page.getByRole("button", { name: "Kill host-5" }).click();
    const host = page.getByRole("group", { name: "Host host-5" });
    await host.getByText("Killed").waitFor({ timeout: 60_000 });
    await page.getByText("HEALTH_WARN").first().waitFor({ timeout: 60_000 });
    expect(await browser.axe()).toEqual([]);
    // The client goes on without the host.
    const readMeanwhile = await page.getByText(/^0 corrupt of [1-9]/).textContent();
    await expect.poll(() => page.getByText(/corrupt of/).textContent(), { timeout: 60_000 }).not.toBe(readMeanwhile);

    await host.getByRole("button", { name: "Restore host-5" }).click();
    await host.getByRole("button", { name: "Kill host-5" }).waitFor({ timeout: 60_000 });
    await page.getByText("HEALTH_OK").first().waitFor({ timeout: 180_000 });
    expect(await page.getByText(/corrupt of/).textContent()).toMatch(/^0 corrupt of [1-9]/);
    await page.getByRole("button", { name: "Stop the live client" }).click();
    await page.getByRole("button", { name: "Start a live client" }).waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
  });
});
