// `--set a.b=c`: a value at a place of a body. Places are words with dots between and [n] for members of arrays. Pure.
import { CommandError, ExitCode } from "../exit-code.ts";

/** More members than this are better written in a file. */
const MEMBERS_COUNT_MAX = 1000;
/** Nobody's body is deeper. */
const DEPTH_MAX = 32;

export type Members = Record<string, unknown>;

export interface Assignment {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

const refuse = (given: string, reason: string): never => {
  throw new CommandError(ExitCode.usage, `--set is ${JSON.stringify(given)}: ${reason}; write --set name=value, --set name.inner=value or --set 'name[0]=value'`);
};

export function readAssignment(given: string): Assignment {
  const at = given.indexOf("=");
  if (at <= 0) return refuse(given, "it names no place and value");
  const place = given.slice(0, at);
  const path: (string | number)[] = [];
  for (const [index, part] of place.split(".").entries()) {
    const found = /^([^[\]]*)((?:\[\d+\])*)$/.exec(part);
    const [, name = "", indices = ""] = found ?? [];
    if (found === null || (name === "" && (indices === "" || index > 0))) return refuse(given, `${place} is no place`);
    if (name === "__proto__") return refuse(given, "__proto__ is no name of a value");
    if (name !== "") path.push(name);
    for (const [, digits = ""] of indices.matchAll(/\[(\d+)\]/g)) path.push(Number(digits));
  }
  if (typeof path[0] === "number") return refuse(given, "a body is an object, so its first word is a name");
  if (path.length > DEPTH_MAX) return refuse(given, `it is deeper than ${DEPTH_MAX}`);
  return { path, text: given.slice(at + 1) };
}

/** JSON where it is JSON, else the text itself. */
export function looseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown; // whatever it is, it is sent as it is
  } catch {
    return text;
  }
}

/** Puts a value at its place and makes what is missing on the way. */
export function putAt(body: Members, path: readonly (string | number)[], value: unknown, given: string): void {
  let here: unknown = body;
  for (const [at, word] of path.entries()) {
    const isLast = at === path.length - 1;
    const next = isLast ? value : (readAt(here, word) ?? (typeof path[at + 1] === "number" ? [] : {}));
    if (typeof word === "number") {
      if (!Array.isArray(here)) return refuse(given, `${pathText(path.slice(0, at))} is no array`);
      const members: unknown[] = here; // an array is one of unknowns
      if (word > members.length) return refuse(given, `${pathText(path.slice(0, at))} has ${members.length} members, so the next is [${members.length}]`);
      if (word >= MEMBERS_COUNT_MAX) return refuse(given, `over ${MEMBERS_COUNT_MAX} members are not set one by one: use --body @FILE`);
      members[word] = next;
    } else {
      if (!isMembers(here)) return refuse(given, `${pathText(path.slice(0, at))} is no object`);
      here[word] = next;
    }
    here = next;
  }
}

export function readAt(here: unknown, word: string | number): unknown {
  if (typeof word === "number") return Array.isArray(here) ? (here as unknown[])[word] : undefined; // an array is one of unknowns
  return isMembers(here) && Object.hasOwn(here, word) ? here[word] : undefined;
}

export const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);

const pathText = (path: readonly (string | number)[]): string => path.map((word, at) => (typeof word === "number" ? `[${word}]` : at === 0 ? word : `.${word}`)).join("");
