// A host image small enough for tests: this machine's own shell, a few tools and the libraries they and
// Node need, copied into a tree with the mount points of a real image.
import { copyFileSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runOrThrow } from "@cynosure/machine";

const tools = ["sh", "mkdir", "stat", "mv", "sleep", "cat", "hostname", "ls", "env", "setsid"];
const mountPoints = ["opt/cynosure", "opt/cynosure-node/bin", "var/lib/cynosure", "run", "tmp", "proc", "dev", "etc", "usr/bin", "usr/lib", "usr/lib64"];

export async function makeTinyImage(dir: string, nodeBinary: string): Promise<void> {
  for (const path of mountPoints) mkdirSync(join(dir, path), { recursive: true });
  for (const name of ["bin", "lib", "lib64"]) if (!existsSync(join(dir, name))) symlinkSync(`usr/${name}`, join(dir, name));
  writeFileSync(join(dir, "etc/hosts"), "");
  const { stdout } = await runOrThrow(["sh", "-c", `for tool in ${tools.join(" ")}; do command -v "$tool" || exit 1; done`]);
  const binaries = [...new Set(stdout.trim().split("\n"))].filter((path) => path.startsWith("/"));
  for (const binary of binaries) copyFileSync(realpathSync(binary), join(dir, "usr/bin", binary.split("/").at(-1) ?? ""));
  const libraries = await runOrThrow(["ldd", nodeBinary, ...binaries]);
  for (const match of libraries.stdout.matchAll(/(\/\S+) \(0x/g)) {
    const library = match[1] ?? "";
    const target = join(dir, realpathSync(dirname(library)), library.split("/").at(-1) ?? "");
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(realpathSync(library), target);
  }
}
