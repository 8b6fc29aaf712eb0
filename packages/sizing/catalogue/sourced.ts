// Builders of sourced values: a page is named once, and each value taken from it carries its name and date.
// Knows nothing of sizes or engines.
import type { Sourced } from "@cynosure/model";

/** Where values were read, and the date that the source itself gives. */
export interface Page {
  readonly source: string;
  /** YYYY-MM-DD, or YYYY-MM where no day is given. */
  readonly asOf: string;
}

export interface Remarks<T> {
  readonly note?: string;
  /** What other sources say; `value` is the cautious one. */
  readonly conflicts?: readonly { readonly value: T; readonly page: Page }[];
}

export function from<T>(page: Page, value: T | null, remarks: Remarks<T> = {}): Sourced<T> {
  const conflicts = remarks.conflicts?.map((each) => ({ value: each.value, ...nameOf(each.page) }));
  return { value, ...nameOf(page), ...(remarks.note === undefined ? {} : { note: remarks.note }), ...(conflicts === undefined ? {} : { conflicts }) };
}

/** Nobody has published it: the page was read and does not say. */
export const unknown = (page: Page, note: string): Sourced<never> => ({ value: null, ...nameOf(page), note });

const nameOf = ({ source, asOf }: Page): Page => ({ source, asOf });

/** The newest date in anything built of sourced values. */
export function newestDate(values: unknown): string {
  let newest = "";
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, each] of Object.entries(value)) {
      if (key === "asOf" && typeof each === "string") newest = each > newest ? each : newest;
      else visit(each);
    }
  };
  visit(values);
  return newest;
}
