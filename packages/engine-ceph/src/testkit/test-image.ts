// The host image for tests against a real cluster: from the cache, or built where everything is required.
import { resolve } from "node:path";
import { ensureHostImage, findHostImage } from "@cynosure/machine";
import { whyNoTestHosts } from "./test-hosts.ts";

const IMAGE = "ceph-18.2";
const cacheDir = process.env["CYNOSURE_IMAGE_CACHE"] ?? resolve(import.meta.dirname, "../../../../.cynosure/images");
const mayBuild = process.env["REQUIRE_ALL"] === "1";

/** Why there can be no real cluster here; null when there can. */
export function whyNoCluster(): string | null {
  const hosts = whyNoTestHosts();
  if (hosts !== null) return hosts;
  return mayBuild || findHostImage(cacheDir, IMAGE) !== null ? null : `the host image ${IMAGE} is not in ${cacheDir}; build it once with the product, or set CYNOSURE_IMAGE_CACHE`;
}

export const testImage = async (): Promise<string> => findHostImage(cacheDir, IMAGE) ?? (await ensureHostImage({ name: IMAGE, cacheDir })).dir;
