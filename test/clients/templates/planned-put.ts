// What a template comes to in the end, whatever language it is written in: PUT bodies at ids, and which wait for
// which. A test compares and sends them.

export interface PlannedPut {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Ids that must be done before. */
  readonly dependsOn: readonly string[];
}

export interface Deployment {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly groupLocation: string;
  /** By parameter name as the templates have it; a default takes the place of what is absent. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export const groupIdOf = ({ subscriptionId, resourceGroup }: Deployment): string => `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;

/** `A.B/c/d` with names `x`, `y` is `…/providers/A.B/c/x/d/y`. */
export function resourceIdOf(deployment: Deployment, type: string, names: readonly string[]): string {
  const [namespace = "", ...types] = type.split("/");
  if (types.length === 0 || types.length !== names.length) throw new Error(`the type ${type} takes ${types.length} names and got ${names.join(", ")}`);
  return `${groupIdOf(deployment)}/providers/${namespace}${types.map((word, at) => `/${word}/${names[at] ?? ""}`).join("")}`;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Applies to each text in a value, however deep. */
export function mapTexts(value: unknown, change: (text: string) => unknown): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapTexts(each, change)]));
  return value;
}

/** Those with nothing left to wait for first; throws on a circle or a dependency nobody makes. */
export function inOrder(puts: readonly PlannedPut[]): readonly PlannedPut[] {
  const left = [...puts];
  const done = new Set<string>();
  const ordered: PlannedPut[] = [];
  while (left.length > 0) {
    const at = left.findIndex((put) => put.dependsOn.every((id) => done.has(id.toLowerCase())));
    const [next] = at < 0 ? [] : left.splice(at, 1);
    if (next === undefined) throw new Error(`these wait for something that is not made: ${left.map(({ id }) => id).join(", ")}`);
    done.add(next.id.toLowerCase());
    ordered.push(next);
  }
  return ordered;
}
