// How sizing writes numbers and sources into sentences. Numbers that are compared are in the answer's fields, whole;
// here they are rounded for reading.
import type { Sourced } from "@cynosure/model";

/** Four significant digits, thousands apart: 12,340 · 0.6667 · 3. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "unlimited";
  if (value === 0) return "0";
  if (Number.isInteger(value) && value > -1_000 && value < 1_000) return String(value);
  const rounded = Number.isInteger(value) && Math.abs(value) < 1e15 ? value : Number(value.toPrecision(4));
  const [integer = "", fraction] = String(rounded).includes("e") ? [rounded.toFixed(0)] : String(rounded).split(".");
  const grouped = integer.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

export const known = (value: number | null): string => (value === null ? "unknown" : number(value));

/** Hours, or minutes where it is less than one. */
export const duration = (hours: number | null): string => (hours === null ? "an unknown time" : hours < 1 ? plural(Math.ceil(hours * 60), "minute") : plural(Number(hours.toPrecision(3)), "hour"));

export const plural = (count: number, noun: string): string => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** "80,000 Mb/s (source, date)". */
export const sourced = (of: Sourced<number>, unit: string): string => `${known(of.value)}${unit === "" ? "" : ` ${unit}`} (${of.source}, ${of.asOf})`;
