// `npm run generate [-- --check] [-- --root DIR]`: writes everything that comes from DIR/spec into DIR, or says
// what would change. DIR is this repository unless said otherwise.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./generate.ts";
import { generatedFolders, listFiles } from "./generated-folders.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false }, root: { type: "string", default: path.resolve(import.meta.dirname, "../..") } } });
const root = path.resolve(values.root);

const files = await generate(path.join(root, "spec"));
const changed: string[] = [];
for (const file of files) {
  const target = path.join(root, file.path);
  const before = await readFile(target, "utf8").catch(() => null);
  if (before === file.text) continue;
  changed.push(file.path);
  if (values.check) continue;
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, file.text);
}
const wanted = new Set(files.map((file) => file.path));
for (const stale of (await listFiles(root, generatedFolders)).filter((file) => !wanted.has(file))) {
  changed.push(`${stale} (no longer generated)`);
  if (!values.check) await rm(path.join(root, stale));
}
console.log(changed.length === 0 ? `${files.length} generated files are up to date` : `${values.check ? "would change" : "changed"}:\n${changed.map((file) => `  ${file}`).join("\n")}`);
if (values.check && changed.length > 0) {
  console.log("Run `npm run generate` and commit the result.");
  process.exitCode = 1;
}
