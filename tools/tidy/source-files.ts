// The files tidy looks at: what git tracks or would track, read once.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

export function listSourceFiles(root: string): SourceFile[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 });
  return listed
    .split("\n")
    .filter((path) => /\.(ts|tsx|js|tsp|md|json|yaml)$/.test(path) && path !== "package-lock.json" && existsSync(join(root, path)))
    .map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return { path, text, lines: text.split("\n") };
    });
}

export const isGenerated = (file: SourceFile): boolean => file.path.includes("/__generated__/") || file.path.startsWith("spec/openapi/");
export const isCode = (file: SourceFile): boolean => /\.(ts|tsx|js)$/.test(file.path);
export const isTest = (file: SourceFile): boolean => /\.test\.ts$/.test(file.path) || file.path.includes("/testkit/") || file.path.startsWith("test/");
