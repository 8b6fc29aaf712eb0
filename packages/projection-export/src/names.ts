// Names of an export: of definitions, parameters, operation ids. Each is given once; a second claim gets a number.
import type { ProjectedType } from "@cynosure/projection";
import type { ArmOperation } from "./arm-operations.ts";

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `vastUsers/accessKeys` → `VastUsersAccessKeys`. */
export const definitionName = (armType: string): string => armType.split("/").map(capital).join("");

/** `access_key` → `AccessKey`. */
export const pascalOf = (text: string): string => text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "").map(capital).join("");

/** `closeSmbHandle` → `close smb handle`, for sentences. */
export const wordsOf = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("/", " ").toLowerCase();

/** Clients call the group of operations by the bare name, so the object itself has another. */
export const resourceName = (armType: string): string => `${definitionName(armType)}Resource`;

export class NameRegister {
  private readonly given = new Set<string>();

  claim(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.given.has(name.toLowerCase()); number += 1) name = `${wanted}${number}`;
    this.given.add(name.toLowerCase());
    return name;
  }
}

export const CLUSTER_GROUP = "Engine";

const VERB_NAMES = { list: "List", get: "Get", put: "CreateOrUpdate", patch: "Update", delete: "Delete" } as const;

/** Actions of the cluster itself are a group of their own: "Clusters" are the contract's. */
export const operationIdOf = ({ type, verb, action }: ArmOperation): string =>
  `${type === null ? CLUSTER_GROUP : definitionName(type.armType)}_${verb === "action" ? capital(action ?? "") : VERB_NAMES[verb]}`;

export interface PathLevel {
  readonly word: string;
  /** Name of the path's parameter; null where the name is always `default`. */
  readonly parameter: string | null;
}

/** Level by level: `vastUsers/accessKeys` → `vastUsersName`, `accessKeysName`. A word used twice in one path is told apart. */
export function pathLevels(armType: string, types: ReadonlyMap<string, ProjectedType>): readonly PathLevel[] {
  const names = new NameRegister();
  names.claim("clusterName");
  const words = armType.split("/");
  return words.map((word, index) => {
    const isSetting = types.get(words.slice(0, index + 1).join("/"))?.naming === "singleton";
    return { word, parameter: isSetting ? null : names.claim(`${word}Name`) };
  });
}
