// The few forms of `$filter` that role lists understand, joined by `and`. Whatever else is asked is refused by
// name: a filter passed over would show more than was asked for.
import { ControlPlaneError } from "@cynosure/model";

export interface AccessFilter {
  /** Nothing below the scope. */
  readonly isAtScope: boolean;
  /** Values compared with, by name as below. */
  readonly equal: Readonly<Partial<Record<FilterName, string>>>;
}

export type FilterName = "principalId" | "assignedTo" | "roleName" | "type" | "denyAssignmentName";

const TEXT = "'((?:[^']|'')*)'";

export function parseAccessFilter(text: string | undefined, allowed: readonly FilterName[]): AccessFilter {
  const equal: Partial<Record<FilterName, string>> = {};
  let isAtScope = false;
  for (const term of splitTerms(text ?? "")) {
    if (/^atScope\(\)$/i.test(term)) isAtScope = true;
    else if (!/^atScopeAndBelow\(\)$/i.test(term)) {
      const [name, value] = readTerm(term, allowed);
      if (equal[name] !== undefined) throw refused(term, "names the same thing twice", allowed);
      equal[name] = value;
    }
  }
  return { isAtScope, equal };
}

/** At `and` outside quotes. */
function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let term = "";
  for (const piece of text.match(/'(?:[^']|'')*'|\s+and\s+|[^']|'/gi) ?? []) {
    if (/^\s+and\s+$/i.test(piece)) {
      terms.push(term.trim());
      term = "";
    } else term += piece;
  }
  const all = [...terms, term.trim()];
  return text.trim() === "" ? [] : all;
}

function readTerm(term: string, allowed: readonly FilterName[]): readonly [FilterName, string] {
  for (const name of allowed) {
    const form = name === "assignedTo" ? `^assignedTo\\(\\s*${TEXT}\\s*\\)$` : `^(?:properties/)?${name}\\s+eq\\s+${TEXT}$`;
    const value = new RegExp(form, "i").exec(term)?.[1];
    if (value !== undefined) return [name, value.replaceAll("''", "'")];
  }
  throw refused(term, "is not understood here", allowed);
}

function refused(term: string, why: string, allowed: readonly FilterName[]): ControlPlaneError {
  const forms = ["atScope()", ...allowed.map((name) => (name === "assignedTo" ? "assignedTo('…')" : `${name} eq '…'`))];
  return new ControlPlaneError("InvalidParameter", `The filter '${term.slice(0, 200)}' ${why}. Use: ${forms.join(", ")}, joined by 'and'.`, { target: "$filter" });
}
