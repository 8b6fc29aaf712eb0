// What a person does in the portal from beginning to end of a cluster, for every product it is tried on: the names on
// the buttons, in the order in which they come.
import type { Page } from "playwright-core";

const DELIVERED_MS_MAX = 240_000;
const GONE_MS_MAX = 120_000;

export const untilTitle = (page: Page, name: string): Promise<void> => page.getByRole("heading", { level: 1, name }).waitFor();

/** Called where a page is worth judging. */
export type Judge = () => Promise<void>;

/** From the preset that is there: sizes, what it would do, then doing it; ends where the delivery is watched. */
export async function createFromRequirement(page: Page, judge: Judge): Promise<void> {
  const button = (name: string | RegExp) => page.getByRole("button", { name });
  await page.getByRole("link", { name: "Create", exact: true }).click();
  await untilTitle(page, "Create a cluster");
  await button("Work out sizes").click();
  await page.getByText("Binding limit").first().waitFor();
  await judge();
  await button(/See what creating proof-of-concept would do/).click();
  await page.getByText("Longest chain of steps").waitFor();
  await judge();
  await button("Create proof-of-concept").click();
  await untilTitle(page, "proof-of-concept");
}

/** Cluster, file system and bucket, each told at its end without being asked again. */
export async function watchDelivery(page: Page, judge: Judge): Promise<void> {
  await page.getByText(/\d+ of \d+ steps done/).first().waitFor();
  for (const what of ["Create cluster proof-of-concept", "Create file system home of", "Create bucket results of"]) await page.getByRole("status").filter({ hasText: what }).filter({ hasText: "done in" }).waitFor({ timeout: DELIVERED_MS_MAX });
  await judge();
  for (const name of ["Dismiss: Create cluster", "Dismiss: Create file system", "Dismiss: Create bucket"]) await page.getByRole("button", { name: new RegExp(name) }).click();
}

/** From the cluster's own page, by typing its name; ends on a fleet without clusters. */
export async function deleteCluster(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
  await dialog.getByRole("button", { name: "Delete cluster" }).click();
  await untilTitle(page, "Fleet");
  await page.getByText("No cluster yet.").waitFor({ timeout: GONE_MS_MAX });
}
