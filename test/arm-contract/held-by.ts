// Which tests hold which row: titles are read from the source of the tests themselves, so nobody lists them twice.
// A title counts when it is the first argument of `it`, `test` or `describe` (with or without `.each`), and not skipped.
import { globSync, readFileSync } from "node:fs";
import ts from "typescript";

export interface HoldingTest {
  readonly file: string;
  readonly title: string;
}

const HEADS = new Set(["it", "test", "describe", "describeWhen"]);
const IDS = /^((?:§?(?:[A-Z]\d+|(?:[89]|1\d)(?:\.\d+)?)(?:, )?)+): /;
const FILES = ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "test/**/*.test.ts"];

/** `it`, `it.each`, `it.concurrent.each` and so on; null for anything that does not run. */
function head(callee: ts.Expression): string | null {
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee)) return ["skip", "todo", "fails"].includes(callee.name.text) ? null : head(callee.expression);
  if (ts.isCallExpression(callee)) return head(callee.expression);
  if (ts.isTaggedTemplateExpression(callee)) return head(callee.tag);
  return null;
}

function titleOf(node: ts.Node): string | null {
  if (!ts.isCallExpression(node)) return null;
  const name = head(node.expression);
  const [first] = node.arguments;
  if (name === null || !HEADS.has(name) || first === undefined) return null;
  if (ts.isStringLiteralLike(first)) return first.text;
  return ts.isTemplateExpression(first) ? first.getText().slice(1, -1) : null;
}

/** Of one source; `18.1` is of row 18. */
export function holdingTests(file: string, source: string): ReadonlyMap<string, readonly HoldingTest[]> {
  const found = new Map<string, HoldingTest[]>();
  const visit = (node: ts.Node): void => {
    const title = titleOf(node);
    const ids = title === null ? null : IDS.exec(title)?.[1];
    for (const id of new Set((ids ?? "").split(", ").map((each) => each.replace("§", "").split(".", 1)[0] ?? ""))) {
      if (id === "" || title === null) continue;
      found.set(id, [...(found.get(id) ?? []), { file, title }]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

/** Of all tests below this directory. */
export function readHoldingTests(root: string): ReadonlyMap<string, readonly HoldingTest[]> {
  const all = new Map<string, HoldingTest[]>();
  const files = globSync(FILES, { cwd: root, exclude: (name) => name === "node_modules" }).toSorted();
  for (const file of files) {
    for (const [id, tests] of holdingTests(file, readFileSync(`${root}/${file}`, "utf8"))) all.set(id, [...(all.get(id) ?? []), ...tests]);
  }
  return all;
}
