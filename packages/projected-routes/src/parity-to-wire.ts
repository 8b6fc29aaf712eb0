// A catalogue as the contract has it: every operation of an engine with its place, and the types they add up to.
import type { NativeField, NativeOperation, NativeParity, NativeType } from "@cynosure/contract";
import { parityTotals } from "@cynosure/projection";
import type { ApiField, Catalogue, CatalogueOperation, ProjectedType } from "@cynosure/projection";

const fieldToWire = ({ name, type, itemType, enum: values, isRequired, isSecret }: ApiField): NativeField => ({
  name,
  type,
  ...(itemType === undefined ? {} : { itemType }),
  ...(values === undefined ? {} : { enum: values.map(String) }),
  isRequired,
  ...(isSecret === undefined ? {} : { isSecret }),
});

const typeToWire = (type: ProjectedType): NativeType => ({
  type: type.armType,
  naming: type.naming,
  verbs: Object.keys(type.paths) as NativeType["verbs"], // keys of a record of verbs
  idField: type.idField,
  ...(type.nameField === null ? {} : { nameField: type.nameField }),
  isTenantScoped: type.isTenantScoped,
  fields: type.fields.map(fieldToWire),
  createOnlyFields: type.createOnlyFields,
  writeOnlyFields: type.writeOnlyFields,
  ...(type.key === null ? {} : { keyParts: type.key.parts }),
  actions: type.actions.map(({ name, on }) => ({ name, on })),
});

const operationToWire = (operation: CatalogueOperation): NativeOperation => ({
  method: operation.method,
  path: operation.path,
  class: operation.class,
  rule: operation.rule,
  ...(operation.armType === null ? {} : { type: operation.armType }),
  ...(operation.armVerb === null ? {} : { verb: operation.armVerb }),
  ...(operation.action === null ? {} : { action: operation.action }),
  ...(operation.actionOn === null ? {} : { actionOn: operation.actionOn }),
  permission: operation.permission,
  isAsynchronous: operation.isAsynchronous,
  hasSideEffects: operation.hasSideEffects,
  danger: operation.danger,
  queryParameters: operation.queryParameters.map(fieldToWire),
  ...(operation.bodyKind === null ? {} : { bodyKind: operation.bodyKind }),
  bodyFields: operation.bodyFields.map(fieldToWire),
});

const known = new WeakMap<Catalogue, NativeParity>();

export function parityToWire(catalogue: Catalogue): NativeParity {
  const made = known.get(catalogue) ?? {
    engine: catalogue.engine,
    documentHash: catalogue.documentHash,
    totals: parityTotals(catalogue),
    types: catalogue.types.map(typeToWire),
    operations: catalogue.operations.map(operationToWire),
  };
  known.set(catalogue, made);
  return made;
}
