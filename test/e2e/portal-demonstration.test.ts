// The portal on real Ceph, seen in Debian's Chromium: a cluster is made from a requirement and watched, its file system says
// how to mount it, a live client writes and reads, a host is killed by a button, the cluster says that it is degraded, the
// host is restored, the cluster heals, nothing is lost; then the cluster is deleted by its name.
import { afterAll, expect, it } from "vitest";
import { openPortalBrowser } from "../clients/support/portal-browser.ts";
import type { PortalBrowser } from "../clients/support/portal-browser.ts";
import { createFromRequirement, deleteCluster, untilTitle, watchDelivery } from "../clients/support/portal-steps.ts";
import { provideTool } from "../clients/support/tools.ts";
import { describeWhen } from "../require.ts";
import { createHome, lastJson, missingForCeph } from "./support/cynosure.ts";
import { endHome } from "./support/small-cluster.ts";

const missing = (await provideTool("chromium", ["chromium"])) ?? missingForCeph();

describeWhen(missing, "the portal on real Ceph", () => {
  const home = createHome();
  let browser: PortalBrowser | undefined;

  afterAll(async () => {
    await browser?.close();
    await endHome(home);
  });

  it("makes a cluster, shows a host killed, the cluster degraded and healed and a client that lost nothing, and deletes the cluster", async () => {
    const up = home.start(["up", "--rung", "a", "--yes"]);
    await up.untilSays("Ready. Ctrl-C stops everything");
    const { url } = lastJson(await home.run(["portal", "--json"]));
    browser = await openPortalBrowser(home.record());
    const { page, complaints } = browser;
    await page.goto(String(url));
    // Out of the way: the one that the start delivered.
    await page.getByRole("link", { name: "proof-of-concept" }).click();
    await untilTitle(page, "proof-of-concept");
    await deleteCluster(page, "proof-of-concept");
    const judge = async (): Promise<void> => await expect.poll(() => browser?.axe(), { timeout: 30_000 }).toEqual([]);
    await createFromRequirement(page, judge);
    await watchDelivery(page, judge);
    await page.getByRole("tab", { name: "File systems" }).click();
    await page.getByRole("button", { name: "Connect to home" }).click();
    await page.getByText(/sudo mount -t nfs4 -o port=\d+ 127\.0\.0\.1:\/home \/mnt\/home/).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
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
    await deleteCluster(page, "proof-of-concept");
    expect(complaints).toEqual([]);
  });
});
