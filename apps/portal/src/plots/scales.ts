// Numbers to places in a drawing: rounded ends of an axis, lines with gaps where nothing was measured. Pure.

export interface PlotPoint {
  readonly atMs: number;
  readonly value: number;
}

/** The next of 1, 2, 5, 10, 20, 50, … that holds the value; 1 for nothing, so that an empty plot has an axis. */
export function axisEnd(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * power >= value) ?? 10;
  return step * power;
}

export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const rounded = (value: number): string => value.toFixed(1);

/** A path through the points; it is lifted where two of them are further apart than `gapMs`. */
export function linePath(points: readonly PlotPoint[], area: PlotArea, span: { readonly fromMs: number; readonly toMs: number; readonly end: number }, gapMs: number): string {
  const { fromMs, toMs, end } = span;
  const x = (atMs: number): number => area.left + (toMs === fromMs ? 0 : ((atMs - fromMs) / (toMs - fromMs)) * area.width);
  const y = (value: number): number => area.top + area.height * (1 - Math.min(value, end) / end);
  return points.map(({ atMs, value }, index) => {
    const before = points[index - 1];
    const command = before === undefined || atMs - before.atMs > gapMs ? "M" : "L";
    return `${command}${rounded(x(atMs))} ${rounded(y(value))}`;
  }).join("");
}

export interface TimedStep {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly expectedMs: number;
}

/** The steps of the longest chain of declared durations: what takes longer on it makes all of it longer. */
export function criticalSteps(steps: readonly TimedStep[]): ReadonlySet<string> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const lengths = new Map<string, { readonly ms: number; readonly before: string | undefined }>();
  const lengthOf = (step: TimedStep): number => {
    const known = lengths.get(step.id);
    if (known !== undefined) return known.ms;
    // Before the others are looked at: a circle ends here and not in an overflow.
    lengths.set(step.id, { ms: step.expectedMs, before: undefined });
    let longest: { readonly ms: number; readonly before: string | undefined } = { ms: 0, before: undefined };
    for (const id of step.dependsOn) {
      const other = byId.get(id);
      const ms = other === undefined ? 0 : lengthOf(other);
      if (other !== undefined && (longest.before === undefined || ms > longest.ms)) longest = { ms, before: id };
    }
    lengths.set(step.id, { ms: step.expectedMs + longest.ms, before: longest.before });
    return step.expectedMs + longest.ms;
  };
  const last = steps.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
  const found = new Set<string>();
  for (let id = last?.id; id !== undefined && !found.has(id); id = lengths.get(id)?.before) found.add(id);
  return found;
}
