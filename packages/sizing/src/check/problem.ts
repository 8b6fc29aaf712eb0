// Problems of a requirement: the JSON path, what is wrong, and which values are allowed. A collector, so that all are told at once.
import type { SizingProblem } from "@cynosure/model";

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  /** `min` itself is too small. */
  readonly isAboveMin?: boolean;
  readonly isWhole?: boolean;
  readonly unit: string;
}

export class Problems {
  readonly found: SizingProblem[] = [];

  add(target: string, message: string): void {
    this.found.push({ target, message });
  }

  number(target: string, value: number, rule: NumberRule): void {
    const { min, max, isAboveMin = false, isWhole = false, unit } = rule;
    const isRight = Number.isFinite(value) && (isAboveMin ? value > min : value >= min) && value <= max && (!isWhole || Number.isInteger(value));
    if (isRight) return;
    const allowed = `${isAboveMin ? `more than ${min}` : String(min)} to ${max}${unit === "" ? "" : ` ${unit}`}${isWhole ? ", whole numbers only" : ""}`;
    this.add(target, `${value} is not possible here. Allowed: ${allowed}.`);
  }

  oneOf(target: string, value: string, allowed: readonly string[], noun: string): void {
    if (!allowed.includes(value)) this.add(target, `There is no ${noun} ${value}. Allowed: ${allowed.length === 0 ? "none is known" : allowed.join(", ")}.`);
  }

  distinct(path: string, names: readonly string[]): void {
    const at = names.findIndex((name, k) => names.indexOf(name) !== k);
    if (at >= 0) this.add(`${path}[${at}].name`, `The name '${names[at] ?? ""}' is used twice. Give each its own name.`);
  }
}
