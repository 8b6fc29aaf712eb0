// Native paths with their values. Parameters that follow each other directly name one object together
// (`export/{cluster_id}/{export_id}`): a group of them is one level.
import { isParameter } from "@cynosure/projection";
import type { ProjectedType } from "@cynosure/projection";

/** Names of the parameters, level by level. */
export function parameterGroups(path: string): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let isOpen = false;
  for (const word of path.split("/")) {
    if (!isParameter(word)) isOpen = false;
    else if (isOpen) groups.at(-1)?.push(word.slice(1, -1));
    else {
      groups.push([word.slice(1, -1)]);
      isOpen = true;
    }
  }
  return groups;
}

/** Fills the path from the left; null when there is a value too few. Values too many are passed over: an action may hang on less than its object. */
export function fillPath(path: string, levels: readonly (readonly string[])[]): string | null {
  const groups = parameterGroups(path);
  const values = groups.map((group, at) => {
    const level = levels[at];
    return level !== undefined && level.length >= group.length ? level.slice(0, group.length) : null;
  });
  if (values.includes(null)) return null;
  const all = values.flatMap((level) => level ?? []);
  let next = 0;
  return path
    .split("/")
    .map((word) => (isParameter(word) ? encodeURIComponent(all[next++] ?? "") : word))
    .join("/");
}

/** Which properties of an object its native id is made of, in order; none for settings. */
export function idNames(type: ProjectedType): readonly string[] {
  if (type.naming === "singleton") return [];
  if (type.key !== null) return type.key.parts;
  const longest = (["get", "delete", "update", "replace"] as const).flatMap((verb) => {
    const path = type.paths[verb]?.path;
    const group = path === undefined || !/\}\/?$/.test(path) ? undefined : parameterGroups(path).at(-1);
    return group === undefined ? [] : [group];
  }).toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined || longest.length === 1) return [type.idField];
  return longest;
}
