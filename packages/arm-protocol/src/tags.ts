// Tags (§8): stored and returned verbatim, within stated limits.
import type { Outcome } from "./outcome.ts";
import { accept, refuse } from "./outcome.ts";

export const TAG_LIMITS = { countMax: 50, keyLengthMax: 512, valueLengthMax: 256 } as const;
const FORBIDDEN_IN_KEY = /[<>%&\\?/]/;

export function checkTags(tags: unknown): Outcome<Readonly<Record<string, string>>> {
  if (tags === undefined || tags === null) return accept({});
  if (typeof tags !== "object" || Array.isArray(tags)) return refuse("InvalidRequestContent", "The tags must be an object of texts.", "tags");
  const entries = Object.entries(tags);
  if (entries.length > TAG_LIMITS.countMax) return refuse("InvalidRequestContent", `There are ${entries.length} tags; at most ${TAG_LIMITS.countMax} are allowed.`, "tags");
  for (const [key, value] of entries) {
    const target = `tags.${key.slice(0, 60)}`;
    if (key === "" || key.length > TAG_LIMITS.keyLengthMax || FORBIDDEN_IN_KEY.test(key)) {
      return refuse("InvalidRequestContent", `A tag name must be 1 to ${TAG_LIMITS.keyLengthMax} characters without < > % & \\ ? /.`, target);
    }
    if (typeof value !== "string" || value.length > TAG_LIMITS.valueLengthMax) {
      return refuse("InvalidRequestContent", `A tag value must be a text of at most ${TAG_LIMITS.valueLengthMax} characters.`, target);
    }
  }
  // The values were just seen to be texts.
  return accept({ ...(tags as Record<string, string>) });
}
