// Locations (U9): "West US" is "westus"; unknown ones are refused with the list of those that exist.
import type { Outcome } from "./outcome.ts";
import { accept, refuse } from "./outcome.ts";

export const normalizeLocation = (location: string): string => location.replace(/\s+/g, "").toLowerCase();

export const isSameLocation = (a: string, b: string): boolean => normalizeLocation(a) === normalizeLocation(b);

export function checkLocation(location: string | undefined, type: string, available: readonly string[]): Outcome<string> {
  if (location === undefined || location.trim() === "") return refuse("LocationRequired", `The location property is required for '${type}'. Give one of: ${available.join(", ")}.`, "location");
  const found = available.find((candidate) => isSameLocation(candidate, location));
  if (found !== undefined) return accept(found);
  return refuse(
    "LocationNotAvailableForResourceType",
    `The provided location '${location.slice(0, 100)}' is not available for resource type '${type}'. List of available regions for the resource type is '${available.join(",")}'.`,
    "location",
  );
}
