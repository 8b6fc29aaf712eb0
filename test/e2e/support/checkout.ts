// A second checkout as a user would have it: a clone of this one with what is not committed yet, its modules,
// in a directory that nobody but its owner may enter; and the host image in a cache that owner can read.
import { chmodSync, cpSync, existsSync, mkdtempSync, mkdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { findHostImage, runOrThrow } from "@cynosure/machine";
import { RECORD_DIR_VARIABLE } from "../../clients/support/record-children.ts";
import { exchangesBeside, imageCache, root } from "./cynosure.ts";

export interface Checkout {
  /** Mode 0700; holds all the rest. */
  readonly parent: string;
  readonly dir: string;
  readonly imageCache: string;
  remove(): void;
}

const OTHERS_READ = 0o004;

export async function makeCheckout(owner: { readonly uid: number; readonly umask: string }): Promise<Checkout> {
  const parent = mkdtempSync(join(tmpdir(), "cynosure-checkout-"));
  const dir = join(parent, "cynosure");
  const cache = join(parent, "images");
  mkdirSync(cache);
  const image = findHostImage(imageCache, "ceph-18.2");
  if (image === null) throw new Error(`the host image is not in ${imageCache}; cynosure prepare builds it`);
  const script = `
    umask ${owner.umask}
    git clone -q "$ROOT" "$DIR"
    git -C "$ROOT" diff --binary HEAD | git -C "$DIR" apply --allow-empty
    chown -R "$OWNER:$OWNER" "$DIR"
    copy() { cp -al "$1" "$2" 2>/dev/null || { rm -rf "$2"; cp -a --reflink=auto "$1" "$2"; }; }
    copy "$IMAGE" "$CACHE/$(basename "$IMAGE")"
    if [ "$SHARES_MODULES" = yes ]; then copy "$ROOT/node_modules" "$DIR/node_modules"; else
      cp -a --reflink=auto "$ROOT/node_modules" "$DIR/node_modules"; chown -R "$OWNER:$OWNER" "$DIR/node_modules"; fi`;
  // Links share owner and mode with the originals: good where others may read those.
  const sharesModules = owner.uid === 0 || (statSync(process.execPath).mode & OTHERS_READ) !== 0;
  const env = { ROOT: root, DIR: dir, OWNER: String(owner.uid), IMAGE: image, CACHE: cache, SHARES_MODULES: sharesModules ? "yes" : "no" };
  await runOrThrow(["sh", "-ec", script, basename(dir)], { env, timeoutMsMax: 120_000 });
  await runOrThrow(["chown", `${owner.uid}:${owner.uid}`, parent, cache]);
  chmodSync(parent, 0o700);
  const remove = (): void => {
    const recorded = exchangesBeside(dir);
    if (existsSync(recorded)) cpSync(recorded, process.env[RECORD_DIR_VARIABLE] ?? "", { recursive: true });
    rmSync(parent, { recursive: true, force: true });
  };
  return { parent, dir, imageCache: cache, remove };
}
