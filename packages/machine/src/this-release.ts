// What this release delivers on and with: whoever prepares or examines a machine asks for exactly that.
import type { RungLetter } from "./rungs.ts";

/** Rungs this release delivers on; the others are probed and named. */
export const SUPPORTED_RUNGS: readonly RungLetter[] = ["a", "b", "c", "d"];
/** The host image that a first start needs. */
export const IMAGE_NAME = "ceph-18.2";
