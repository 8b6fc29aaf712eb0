// Running the programs of a host image in place: by the image's own dynamic loader and libraries, on this
// machine's file system, without mounting, entering or installing anything and with no privilege at all.
// What a program would look for below /usr is told to it by option or environment. Nothing is started here.
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { writeHostNameLibrary } from "./host-name-library.ts";

interface Architecture {
  readonly loader: string;
  readonly triplet: string;
}

const architectures: Readonly<Record<string, Architecture>> = {
  x64: { loader: "ld-linux-x86-64.so.2", triplet: "x86_64-linux-gnu" },
  arm64: { loader: "ld-linux-aarch64.so.1", triplet: "aarch64-linux-gnu" },
};

/** What hosts and verification run; a shell and its small tools are the machine's own. */
const offered = /^(ceph|ceph-(mon|mgr|osd|mds|conf)|rados|radosgw|radosgw-admin|rbd|monmaptool|ganesha\.nfsd|nfs-(cat|cp|ls|stat)|fio|python3)$/;
/** Node by the image's libraries: for what loads one of them. */
export const NODE_BY_IMAGE = "cynosure-node-by-image";
const HOST_NAME_LIBRARY = "host-name.so";

/** Why images cannot be run in place here; null when they can. */
export const runInPlaceProblem = (): string | null => (process.platform === "linux" && architectures[process.arch] !== undefined ? null : `programs of host images are built for Linux on x64 or arm64, and this is ${process.platform} on ${process.arch}`);

/** The command line and environment that run one program of the image in place. */
export function inPlaceCommand(imageDir: string, argv: readonly [string, ...string[]], preload: string | null = null): { readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> } {
  const [name, ...args] = argv;
  const binary = findProgram(imageDir, name);
  if (binary === null) throw new Error(`the host image ${imageDir} has no program ${name}`);
  const kind = kindOf(binary);
  if (kind === "other") throw new Error(`${binary} is neither a binary nor a Python program; it cannot be run in place`);
  const script = kind === "python" ? [binary] : [];
  const program = kind === "python" ? findProgram(imageDir, "python3") : binary;
  if (program === null) throw new Error(`${binary} needs python3, which the host image ${imageDir} does not have`);
  return { argv: loaded(imageDir, kind === "python" ? "python3" : name, [program, ...script, ...args], preload), env: inPlaceEnvironment(imageDir) };
}

/** Where a program would look below /usr. The cached image is shared and never written to, compiled Python included. */
function inPlaceEnvironment(imageDir: string): Readonly<Record<string, string>> {
  const { triplet } = here();
  const libraries = join(imageDir, "usr/lib", triplet);
  const ceph = { "erasure-code-dir": join(libraries, "ceph/erasure-code"), "plugin-dir": join(libraries, "ceph"), "osd-class-dir": join(libraries, "rados-classes"), "mgr-module-path": join(imageDir, "usr/share/ceph/mgr") };
  return {
    PYTHONHOME: join(imageDir, "usr"),
    PYTHONDONTWRITEBYTECODE: "1",
    // NFS-Ganesha would offer itself on the machine's own message bus.
    DBUS_SYSTEM_BUS_ADDRESS: "unix:path=/nonexistent",
    OPENSSL_CONF: join(imageDir, "etc/ssl/openssl.cnf"),
    OPENSSL_MODULES: join(libraries, "ossl-modules"),
    CEPH_ARGS: Object.entries(ceph).map(([option, dir]) => `--${option}=${dir}`).join(" "),
  };
}

function here(): Architecture {
  const found = architectures[process.arch];
  if (found === undefined) throw new Error(runInPlaceProblem() ?? "");
  return found;
}

function loaded(imageDir: string, name: string, argv: readonly [string, ...string[]], preload: string | null = null): readonly [string, ...string[]] {
  const { loader, triplet } = here();
  const libraries = [`usr/lib/${triplet}`, `usr/lib/${triplet}/ceph`, "usr/lib/ganesha"].map((dir) => join(imageDir, dir));
  return [join(imageDir, "usr/lib", triplet, loader), "--library-path", libraries.join(":"), ...(preload === null ? [] : ["--preload", preload]), "--argv0", name, ...argv];
}

/** Null also for a link that leads out of the image: it would be the machine's program. */
function findProgram(imageDir: string, name: string): string | null {
  const image = realpathSync(imageDir);
  for (const dir of ["usr/bin", "usr/sbin"]) {
    const path = join(image, dir, name);
    if (!existsSync(path)) continue;
    const real = realpathSync(path);
    if (real.startsWith(`${image}/`)) return real;
  }
  return null;
}

function kindOf(path: string): "binary" | "python" | "other" {
  const head = Buffer.alloc(64);
  const file = openSync(path, "r");
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (head.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1"))) return "binary";
  return /^#!.*python3/.test(head.toString("latin1").split("\n")[0] ?? "") ? "python" : "other";
}

export interface InPlacePrograms {
  readonly imageDir: string;
  readonly nodeBinary: string;
  /** What the programs take for the name of their host. */
  readonly hostName: string;
}

/**
 * Makes a directory for the front of PATH in which every offered program of the image runs in place, and Node by
 * the image's libraries. May be called again; a program in use is replaced whole.
 */
export function writeInPlacePrograms(dir: string, { imageDir, nodeBinary, hostName }: InPlacePrograms): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const names = ["usr/bin", "usr/sbin"].flatMap((bin) => (existsSync(join(imageDir, bin)) ? readdirSync(join(imageDir, bin)) : [])).filter((name) => offered.test(name));
  const runnable = [...new Set(names)].filter((name) => {
    const path = findProgram(imageDir, name);
    return path !== null && kindOf(path) !== "other";
  });
  const library = join(dir, HOST_NAME_LIBRARY);
  // An image without programs has no tools to make it either.
  if (runnable.length > 0) writeHostNameLibrary(library, hostName, (argv) => inPlaceCommand(imageDir, argv).argv);
  const wanted = new Map(runnable.map((name) => {
    const { argv, env } = inPlaceCommand(imageDir, [name], library);
    return [name, launcherText(argv, env)];
  }));
  wanted.set(NODE_BY_IMAGE, launcherText(loaded(imageDir, "node", [nodeBinary]), {}));
  for (const name of readdirSync(dir)) if (!wanted.has(name) && !name.endsWith(".new") && !name.startsWith(HOST_NAME_LIBRARY)) rmSync(join(dir, name), { force: true });
  for (const [name, text] of wanted) {
    const path = join(dir, name);
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    const fresh = `${path}.${randomBytes(4).toString("hex")}.new`;
    writeFileSync(fresh, text);
    chmodSync(fresh, 0o700);
    renameSync(fresh, path);
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A shell that becomes the program: the process id stays. What the caller gives in CEPH_ARGS comes after ours. */
function launcherText(argv: readonly string[], env: Readonly<Record<string, string>>): string {
  const settings = Object.entries(env).map(([name, value]) => (name === "CEPH_ARGS" ? `${name}=${quoted(`${value} `)}"\${${name}:-}"` : `${name}=${quoted(value)}`));
  return ["#!/bin/sh", ...settings.map((setting) => `export ${setting}`), `exec ${argv.map(quoted).join(" ")} "$@"`, ""].join("\n");
}
