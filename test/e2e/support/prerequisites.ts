// What the real-cluster tests need of the machine, as one reason or null.
import { join } from "node:path";
import { findHostImage, findTool } from "@cynosure/machine";

const imagesDir = join(import.meta.dirname, "..", "..", "..", ".cynosure", "images");

export function missingForRealCeph(): string | null {
  if (process.getuid?.() !== 0) return "hosts as namespaces need root";
  if (["bwrap", "ip"].some((tool) => findTool(tool) === null)) return "bubblewrap and iproute2 are not installed";
  const hasImage = process.env["REQUIRE_ALL"] === "1" || process.env["CYNOSURE_IMAGE_CACHE"] !== undefined || findHostImage(imagesDir, "ceph-18.2") !== null;
  return hasImage ? null : "the host image is not built; npm start builds it";
}
