// Which layer each step of a plan is in, and in which order they stand there so that few arrows cross. Pure.
import type { PlotStep } from "./steps.ts";

export interface LayerItem {
  readonly key: string;
  /** Absent for the lane of an arrow that passes. */
  readonly step?: PlotStep;
  readonly lane?: { readonly from: string; readonly to: string };
}

export type Needs = ReadonlyMap<string, readonly string[]>;

const SWEEPS = 8;

/** What each step waits for itself: not what it waits for through another, and nothing that is not in the plan. */
export function nearestNeeds(steps: readonly PlotStep[]): Needs {
  const known = new Map(steps.map((step) => [step.id, step]));
  const reached = new Map<string, ReadonlySet<string>>();
  const open = new Set<string>();
  const reach = (id: string): ReadonlySet<string> => {
    const done = reached.get(id);
    if (done !== undefined) return done;
    open.add(id);
    const all = new Set<string>();
    for (const each of known.get(id)?.dependsOn ?? []) {
      // What would close a circle is passed over: plans have none.
      if (!known.has(each) || open.has(each)) continue;
      all.add(each);
      for (const far of reach(each)) all.add(far);
    }
    open.delete(id);
    reached.set(id, all);
    return all;
  };
  for (const { id } of steps) reach(id);
  return new Map(steps.map(({ id, dependsOn }) => {
    const near = [...new Set(dependsOn)].filter((each) => reached.get(id)?.has(each) === true && reached.get(each)?.has(id) !== true);
    return [id, near.filter((each) => !near.some((other) => other !== each && reached.get(other)?.has(each) === true))];
  }));
}

/** Each step one layer after the last of what it waits for; arrows that span more get lanes in between. */
export function layersOf(steps: readonly PlotStep[], needs: Needs): readonly (readonly LayerItem[])[] {
  const depth = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    const value = Math.max(-1, ...(needs.get(id) ?? []).map(depthOf)) + 1;
    depth.set(id, value);
    return value;
  };
  const layers: LayerItem[][] = [];
  const put = (layer: number, item: LayerItem): void => void (layers[layer] ??= []).push(item);
  for (const step of steps.toSorted((a, b) => depthOf(a.id) - depthOf(b.id))) put(depthOf(step.id), { key: step.id, step });
  for (const { id } of steps) {
    for (const from of needs.get(id) ?? []) {
      for (let layer = depthOf(from) + 1; layer < depthOf(id); layer += 1) put(layer, { key: `${from}\n${id}\n${layer}`, lane: { from, to: id } });
    }
  }
  return layers;
}

/** Each item towards the middle of what it is tied to, forth and back until it has settled. */
export function orderLayers(layers: readonly (readonly LayerItem[])[], needs: Needs): readonly (readonly LayerItem[])[] {
  const ties = tiesOf(layers, needs);
  let ordered = layers;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForth = sweep % 2 === 0;
    const next = [...ordered];
    const order = next.map((_, index) => index);
    for (const index of isForth ? order : order.toReversed()) {
      const places = new Map((next[index + (isForth ? -1 : 1)] ?? []).map(({ key }, place, { length }) => [key, (place + 0.5) / length]));
      const layer = next[index] ?? [];
      const wanted = new Map(layer.map(({ key }, place) => {
        const tied = (ties.get(key) ?? []).flatMap((each) => places.get(each) ?? []);
        return [key, tied.length === 0 ? (place + 0.5) / layer.length : tied.reduce((sum, each) => sum + each, 0) / tied.length];
      }));
      next[index] = layer.toSorted((a, b) => (wanted.get(a.key) ?? 0) - (wanted.get(b.key) ?? 0));
    }
    ordered = next;
  }
  return ordered;
}

/** Which items of the layers beside it each one is tied to by an arrow. */
function tiesOf(layers: readonly (readonly LayerItem[])[], needs: Needs): ReadonlyMap<string, readonly string[]> {
  const ties = new Map<string, string[]>();
  const tie = (a: string, b: string): void => {
    (ties.get(a) ?? ties.set(a, []).get(a))?.push(b);
    (ties.get(b) ?? ties.set(b, []).get(b))?.push(a);
  };
  const lanes = layers.flat().filter(({ lane }) => lane !== undefined);
  for (const [to, near] of needs) {
    for (const from of near) {
      const stops = [from, ...lanes.filter(({ lane }) => lane?.from === from && lane.to === to).map(({ key }) => key), to];
      stops.slice(1).forEach((stop, index) => tie(stops[index] ?? stop, stop));
    }
  }
  return ties;
}
