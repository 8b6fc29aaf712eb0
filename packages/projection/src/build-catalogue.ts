// From a document to its catalogue.
import type { Catalogue, CatalogueOperation, OperationClass, ParityTotals } from "./catalogue.ts";
import { factsOf } from "./document/facts.ts";
import { documentHash } from "./document/hash.ts";
import { cephOverrides } from "./overrides/ceph.ts";
import type { EngineOverrides } from "./overrides/overrides.ts";
import { vastOverrides } from "./overrides/vast.ts";
import { classify } from "./rules/classify.ts";
import { shapeOf } from "./rules/paths.ts";
import { typesOf } from "./rules/types.ts";

const OVERRIDES: Readonly<Record<Catalogue["engine"], EngineOverrides>> = { vast: vastOverrides, ceph: cephOverrides };

/** Whose documents can be projected. */
export const projectedEngines = Object.keys(OVERRIDES) as readonly Catalogue["engine"][]; // the keys of the line above

/** `document`: an OpenAPI 3 document as the engine serves it, or its facts. Throws for what is neither. */
export function buildCatalogue(engine: Catalogue["engine"], document: unknown, overrides: EngineOverrides = OVERRIDES[engine]): Catalogue {
  const facts = factsOf(document);
  const shape = shapeOf(facts, overrides.basePath);
  const operations = facts.operations.map((operation) => classify(operation, shape, overrides));
  return { engine, documentHash: documentHash(facts), operations, types: typesOf(operations, overrides) };
}

const NO_CLASSES: Readonly<Record<OperationClass, number>> = { typed: 0, action: 0, keyed: 0, transfer: 0, gatewayOnly: 0, unmapped: 0 };

export function parityTotals({ operations, types }: Catalogue): ParityTotals {
  const classes = { ...NO_CLASSES };
  for (const operation of operations) classes[operation.class] += 1;
  return {
    operations: operations.length,
    unmapped: classes.unmapped,
    fallback: operations.filter(({ isFallback }) => isFallback).length,
    classes,
    types: types.length,
    actions: new Set(operations.filter(({ action }) => action !== null).map(identityOf)).size,
  };
}

const identityOf = ({ armType, actionOn, action }: CatalogueOperation): string => `${armType ?? ""} ${actionOn ?? ""} ${action ?? ""}`;
