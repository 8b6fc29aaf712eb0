// The catalogue of the engine's own document, as the product holds it: what is tested here is what is authorised there.
import { readFileSync } from "node:fs";
import { buildCatalogue } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";

export const vastCatalogue: Catalogue = buildCatalogue("vast", JSON.parse(readFileSync(new URL(import.meta.resolve("@cynosure/projection/documents/vast.json")), "utf8")));
