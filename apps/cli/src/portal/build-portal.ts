// The portal as `up` needs it: built once, and again when what it is made of is newer. What cannot be built is said
// and holds up nothing: everything the portal shows is reached by the other channels too.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { runOrThrow, withExclusive } from "@cynosure/machine";

const PACKAGE = "@cynosure/portal";
const PAGE = join("apps", "portal", "dist", "index.html");
const BUILD_TIMEOUT_MS_MAX = 180_000;
/** What the portal is made of, below the checkout. */
const SOURCES = ["apps/portal/src", "apps/portal/public", "apps/portal/index.html", "apps/portal/vite.config.ts", "apps/portal/package.json", "packages/sdk/src", "packages/contract/src", "packages/arm-protocol/src"];

export interface BuildPortalOptions {
  readonly checkoutDir: string;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
  /** How npm is started; of the npm that started this program unless given. */
  readonly npm?: readonly [string, ...string[]];
}

/** False when there is no portal that could be served. */
export async function buildPortal(options: BuildPortalOptions): Promise<boolean> {
  const { checkoutDir, note, signal } = options;
  if (!existsSync(join(checkoutDir, "apps", "portal", "package.json"))) return false;
  if (isBuilt(checkoutDir)) return true;
  note("Portal: building it, once");
  try {
    await withExclusive(join(checkoutDir, "apps", "portal"), { timeoutMsMax: BUILD_TIMEOUT_MS_MAX }, async () => {
      // Another start may have built it while this one waited.
      if (!isBuilt(checkoutDir)) await runOrThrow([...(options.npm ?? npmOf(process.env["npm_execpath"])), "run", "build", "-w", PACKAGE], { cwd: checkoutDir, timeoutMsMax: BUILD_TIMEOUT_MS_MAX, signal });
    });
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    const isThere = existsSync(join(checkoutDir, PAGE));
    note(`Portal: it cannot be built (${firstLine(error)}); "npm run build:portal" shows why. ${isThere ? "The one built before is served" : "It is served as soon as it is there"}`);
    return isThere;
  }
}

/** npm hands its own program to what it starts; else the one of the PATH. */
export const npmOf = (execPath: string | undefined): readonly [string, ...string[]] => (execPath !== undefined && /npm-cli\.c?js$/.test(execPath) ? [process.execPath, execPath] : ["npm"]);

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

export function isBuilt(checkoutDir: string): boolean {
  const builtAtMs = newestMs(join(checkoutDir, PAGE));
  return builtAtMs > 0 && SOURCES.every((source) => newestMs(join(checkoutDir, source)) <= builtAtMs);
}

/** Of a file, or of all files below a directory; 0 when there is none. */
function newestMs(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce((newest, entry) => (entry.isFile() ? Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs) : newest), 0);
}
