// A PATCH body has no defaults (an absent property means "leave as it is"), but the emitter copies them into
// the update types it derives. They are removed before anything reads the document.
import type { OpenApi2Document } from "./openapi.ts";

export function dropPatchDefaults(document: OpenApi2Document): void {
  for (const [name, schema] of Object.entries(document.definitions ?? {})) {
    if (!name.endsWith("Update")) continue;
    for (const property of Object.values(schema.properties ?? {})) delete property.default;
  }
}
