// A catalogue in the form in which `getParity` answers it, for tests against a server of theirs.
import { parityTotals } from "@cynosure/projection";
import type { ApiField, Catalogue } from "@cynosure/projection";

const fieldOf = ({ name, type, itemType, enum: allowed, isRequired, isSecret }: ApiField) => ({ name, type, ...(itemType === undefined ? {} : { itemType }), ...(allowed === undefined ? {} : { enum: allowed.map(String) }), isRequired, ...(isSecret === true ? { isSecret } : {}) });

export function parityAnswer(catalogue: Catalogue) {
  const { engine, documentHash, types, operations } = catalogue;
  return {
    engine,
    documentHash,
    totals: parityTotals(catalogue),
    types: types.map((type) => ({
      type: type.armType,
      naming: type.naming,
      verbs: Object.keys(type.paths),
      idField: type.idField,
      ...(type.nameField === null ? {} : { nameField: type.nameField }),
      isTenantScoped: type.isTenantScoped,
      fields: type.fields.map(fieldOf),
      createOnlyFields: type.createOnlyFields,
      writeOnlyFields: type.writeOnlyFields,
      ...(type.key === null ? {} : { keyParts: type.key.parts }),
      actions: type.actions.map(({ name, on }) => ({ name, on })),
    })),
    operations: operations.map((operation) => ({
      method: operation.method,
      path: operation.path,
      class: operation.class,
      rule: operation.rule,
      ...(operation.armType === null ? {} : { type: operation.armType }),
      ...(operation.armVerb === null ? {} : { verb: operation.armVerb }),
      ...(operation.action === null ? {} : { action: operation.action, actionOn: operation.actionOn }),
      permission: operation.permission,
      isAsynchronous: operation.isAsynchronous,
      hasSideEffects: operation.hasSideEffects,
      danger: operation.danger,
      queryParameters: operation.queryParameters.map(fieldOf),
      ...(operation.bodyKind === null ? {} : { bodyKind: operation.bodyKind }),
      bodyFields: operation.bodyFields.map(fieldOf),
    })),
  };
}
