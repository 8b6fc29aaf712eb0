// What the missing maintainer scripts leave undone in an unpacked tree, done here: users, name services,
// certificates, mount points, compiled Python. Only the given tree is written.
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostImageRecipe } from "./recipes.ts";

/** Part of every image's key: raise it when a fix below changes. */
export const FIX_REVISION = 2;

export const bcryptReplacementFile = fileURLToPath(new URL("bcrypt.py", import.meta.url));

const passwd = [
  "root:x:0:0:root:/root:/bin/sh",
  "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
  "messagebus:x:100:107::/nonexistent:/usr/sbin/nologin",
  "_rpc:x:106:65534::/run/rpcbind:/usr/sbin/nologin",
  "statd:x:107:65534::/var/lib/nfs:/usr/sbin/nologin",
  "ceph:x:64045:64045:Ceph storage service:/var/lib/ceph:/usr/sbin/nologin",
  "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
];
const group = ["root:x:0:", "daemon:x:1:", "tty:x:5:", "disk:x:6:", "messagebus:x:107:", "ceph:x:64045:", "nogroup:x:65534:"];
const nsswitch = ["passwd: files", "group: files", "shadow: files", "hosts: files dns", "networks: files", "protocols: files", "services: files", "rpc: files", "netgroup: files"];

/** Places the substrate binds things over: a read-only root cannot grow them later. */
const mountPoints = ["opt/cynosure", "opt/cynosure-node/bin", "var/lib/cynosure", "run", "tmp", "proc", "dev", "sys"];

export function applyImageFixes(dir: string, recipe: HostImageRecipe): void {
  for (const path of mountPoints) mkdirSync(join(dir, path), { recursive: true });
  // Daemons put sockets and pid files below the old name; both lead to the host's own tmpfs.
  for (const [path, target] of [["var/run", "/run"], ["var/lock", "/run/lock"]] as const) {
    rmSync(join(dir, path), { recursive: true, force: true });
    symlinkSync(target, join(dir, path));
  }
  const etc = (name: string, lines: readonly string[]): void => writeFileSync(join(dir, "etc", name), lines.map((line) => `${line}\n`).join(""), { mode: 0o644 });
  etc("passwd", passwd);
  etc("group", group);
  etc("nsswitch.conf", nsswitch);
  etc("hosts", ["127.0.0.1 localhost", "::1 localhost"]);
  // Without a name server a lookup fails at once instead of asking the machine's.
  etc("resolv.conf", []);
  etc("machine-id", []);
  ensurePortmapper(join(dir, "etc", "services"));
  writeCertificateBundle(dir);
  if (recipe.replacesBcrypt) {
    const site = join(dir, "usr", "local", "lib", `python${recipe.pythonVersion}`, "dist-packages");
    mkdirSync(site, { recursive: true });
    writeFileSync(join(site, "bcrypt.py"), readFileSync(bcryptReplacementFile));
  }
  for (const path of ["var/cache/apt", "var/lib/apt/lists", "var/log"]) {
    rmSync(join(dir, path), { recursive: true, force: true });
    mkdirSync(join(dir, path), { recursive: true });
  }
}

/** rpcbind and Ganesha look their port up by this name and alias. */
function ensurePortmapper(file: string): void {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  for (const protocol of ["tcp", "udp"]) {
    if (!new RegExp(`^sunrpc\\s+111/${protocol}\\b.*\\bportmapper\\b`, "m").test(text)) appendFileSync(file, `sunrpc\t\t111/${protocol}\tportmapper\n`);
  }
}

function writeCertificateBundle(dir: string): void {
  const source = join(dir, "usr/share/ca-certificates/mozilla");
  if (!existsSync(source)) return;
  const names = readdirSync(source).filter((name) => name.endsWith(".crt")).sort();
  mkdirSync(join(dir, "etc/ssl/certs"), { recursive: true });
  writeFileSync(join(dir, "etc/ssl/certs/ca-certificates.crt"), names.map((name) => `${readFileSync(join(source, name), "utf8").trimEnd()}\n`).join(""));
}
