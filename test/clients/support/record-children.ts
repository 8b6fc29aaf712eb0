// The environment in which every Node program that a test starts, directly or through others, records its exchanges
// (record-exchanges.ts). Nothing of the product knows of it: Node itself loads the recorder.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Directory for the records; nothing is recorded without it. */
export const RECORD_DIR_VARIABLE = "CYNOSURE_RECORD_EXCHANGES_DIR";

/** `checkout` is where the recorder is read from: a user may have no way into ours. `given` are options of Node that stay. */
export function recordingEnvironment(checkout: string, dir: string, given = ""): Readonly<Record<string, string>> {
  const recorder = pathToFileURL(join(checkout, "test", "clients", "support", "record-exchanges.ts")).href;
  return { NODE_OPTIONS: `${given} --import=${recorder}`.trim(), [RECORD_DIR_VARIABLE]: dir };
}
