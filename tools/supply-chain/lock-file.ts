// The lock file as data, and what must hold of it: every package pinned with its checksum, a permissive
// licence, no install script, no platform left out. Exceptions are explained one by one in exceptions.json.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface LockedPackage {
  /** As in the lock file: `node_modules/x`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly integrity: string | null;
  readonly hasInstallScript: boolean;
  readonly isDevelopmentOnly: boolean;
  readonly isOptional: boolean;
  readonly optionalDependencies: readonly string[];
}

export interface Exceptions {
  /** Licence expression → why it may be used. */
  readonly licences: Readonly<Record<string, string>>;
  /** Package that names none → what it has, and how that is known. */
  readonly unnamedLicences: Readonly<Record<string, { readonly licence: string; readonly why: string }>>;
  /** Package → what its script would do and why nothing here needs it. */
  readonly installScripts: Readonly<Record<string, string>>;
  /** Beginning of what `npm ls` says → why the tree is right all the same. */
  readonly treeProblems: Readonly<Record<string, string>>;
  readonly advisories: readonly { readonly package: string; readonly id: string; readonly why: string; readonly until: string }[];
}

interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export const permissiveLicences: readonly string[] = ["MIT", "Apache-2.0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0", "CC0-1.0", "Unlicense", "Python-2.0"];

export const readExceptions = (root: string): Exceptions => JSON.parse(readFileSync(join(root, "tools/supply-chain/exceptions.json"), "utf8")) as Exceptions; // ours, beside this file

/** The lock file repeats what the package says, also for packages of other platforms; a few say it only in an older form. */
function licenceOf(root: string, path: string, entry: LockEntry): string {
  if (entry.license !== undefined) return entry.license;
  const manifest = join(root, path, "package.json");
  const own = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, "utf8")) as { license?: unknown; licenses?: readonly { type?: string }[] }) : {}; // only these fields are read, whatever is in them
  if (typeof own.license === "string") return own.license;
  return own.licenses?.map(({ type }) => type ?? "").join(" OR ") ?? "";
}

export function readLockFile(root: string, exceptions: Exceptions): readonly LockedPackage[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Readonly<Record<string, LockEntry>> }; // npm's lock file, version 3
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path.includes("node_modules/") && entry.link !== true)
    .map(([path, entry]) => ({ path, entry, name: entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length) }))
    .map(({ path, entry, name }) => ({
      path,
      name,
      version: entry.version ?? "",
      licence: exceptions.unnamedLicences[name]?.licence ?? licenceOf(root, path, entry),
      integrity: entry.integrity ?? null,
      hasInstallScript: entry.hasInstallScript === true,
      isDevelopmentOnly: entry.dev === true,
      isOptional: entry.optional === true,
      optionalDependencies: Object.keys(entry.optionalDependencies ?? {}),
    }));
}

/** One choice of an OR is enough; every part of an AND is needed. */
export function isPermissive(licence: string): boolean {
  const bare = licence.replace(/^\((.*)\)$/, "$1");
  return bare.split(" OR ").some((choice) => choice.split(" AND ").every((part) => permissiveLicences.includes(part.trim())));
}

export function checkLockFile(packages: readonly LockedPackage[], exceptions: Exceptions): readonly string[] {
  const names = new Set(packages.map(({ name }) => name));
  const faults = packages.flatMap((each): string[] => {
    const what = `${each.name}@${each.version} (${each.path})`;
    return [
      ...(each.version === "" ? [`${what}: no version is locked; run npm install and commit the lock file`] : []),
      ...(each.integrity?.startsWith("sha512-") === true ? [] : [`${what}: no sha512 checksum is locked; run npm install and commit the lock file`]),
      ...(isPermissive(each.licence) || exceptions.licences[each.licence] !== undefined ? [] : [`${what}: the licence '${each.licence}' is not on the list; choose another package, or explain it in exceptions.json`]),
      ...(each.hasInstallScript && exceptions.installScripts[each.name] === undefined ? [`${what}: runs a script when it is installed; choose another package, or explain it in exceptions.json`] : []),
      ...each.optionalDependencies.filter((name) => !names.has(name)).map((name) => `${what}: its optional dependency ${name} is not in the lock file, so another platform gets another tree; run npm install on a clean clone`),
    ];
  });
  const used = { licences: new Set(packages.map(({ licence }) => licence)), scripts: new Set(packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)) };
  const stale = [
    ...Object.keys(exceptions.licences).filter((licence) => !used.licences.has(licence)),
    ...Object.keys(exceptions.unnamedLicences).filter((name) => !packages.some((each) => each.name === name)),
    ...Object.keys(exceptions.installScripts).filter((name) => !used.scripts.has(name)),
  ].map((what) => `exceptions.json explains ${what}, which is no longer needed; remove it`);
  return [...faults, ...stale];
}

/** The generated page: every package that is installed, by licence. */
export function licencePage(packages: readonly LockedPackage[], exceptions: Exceptions): string {
  const byLicence = Map.groupBy(packages, ({ licence }) => licence);
  const shown = (list: readonly LockedPackage[]): string => [...new Set(list.map(({ name, version }) => `${name} ${version}`))].sort().join(", ");
  const sections = [...byLicence].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([licence, list]) => {
    const running = list.filter((each) => !each.isDevelopmentOnly);
    const building = list.filter((each) => each.isDevelopmentOnly);
    return [
      `## ${licence}`,
      "",
      ...(exceptions.licences[licence] === undefined ? [] : [`Explained: ${exceptions.licences[licence]}`, ""]),
      ...(running.length === 0 ? [] : [`Needed to run (${running.length}): ${shown(running)}`, ""]),
      ...(building.length === 0 ? [] : [`Needed to build and test (${building.length}): ${shown(building)}`, ""]),
    ];
  });
  const scripts = Object.entries(exceptions.installScripts).map(([name, why]) => `- ${name}: ${why}`);
  return ["# Licences of what is installed", "", `Generated by \`npm run supply-chain -- --update\` from the lock file and the installed packages: ${packages.length} packages, those of other platforms included.`, "", ...sections, "## Install scripts", "", "None is needed: `npm ci --ignore-scripts` gives a working product. These packages bring one:", "", ...scripts, ""].join("\n");
}
