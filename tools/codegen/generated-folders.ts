// The folders that hold nothing but generated files: what is there and not generated any more is removed.
import { readdir } from "node:fs/promises";
import path from "node:path";

export const generatedFolders = ["packages/contract/src/__generated__", "packages/sdk/src/__generated__", "spec/json-schema", "spec/openapi"];

/** Files below the folders, relative to the root, with forward slashes. */
export async function listFiles(root: string, folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isFile()) found.push(path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));
  }
  return found.sort();
}
