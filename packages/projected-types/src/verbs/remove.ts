// DELETE of one object: what is not there is gone already.
import type { Context } from "../context.ts";
import { send } from "../context.ts";
import { operationOf } from "../places/place.ts";
import type { Place } from "../places/place.ts";
import type { ProjectedAnswer } from "../port.ts";
import { beginOperation, taskIdsOf } from "../tasks/begin.ts";
import { isAbsent } from "../wire/absent.ts";
import { resourceIdOf } from "../wire/envelope.ts";
import type { Json } from "../wire/json.ts";
import { nativeError } from "../wire/native-error.ts";
import { secretValues } from "../wire/secrets.ts";
import { find, openWhere } from "./find.ts";
import { splitBody } from "./body.ts";
import type { Query } from "./body.ts";
import { keyValues } from "./key-values.ts";
import { cannot } from "./refusals.ts";

/** `options`: the body of the engine's own DELETE, which ARM's has none of. */
export async function deleteItem(context: Context, place: Extract<Place, { readonly kind: "item" }>, options: Json, query: Query): Promise<ProjectedAnswer> {
  const { type } = place;
  const operation = operationOf(context.catalogue, type, "delete");
  if (operation === undefined) throw cannot(context, type, "delete");
  const where = await openWhere(context, type, place.parents);
  const found = await find(context, where, place.name);
  if (found === null) return { status: 204 };
  const sent = splitBody(operation, { ...keyValues(type, operation, found.parts), ...options });
  const body = Object.keys(sent.body).length === 0 ? {} : { json: sent.body };
  const answer = await send(context, operation, { levels: [...where.levels, found.parts], query: [...sent.query, ...query], ...body });
  // Somebody else was quicker.
  if (isAbsent(context.catalogue.engine, answer)) {
    await context.options.names.remove(where.scope, found.name);
    return { status: 204 };
  }
  if (answer.status < 200 || answer.status > 299) throw nativeError(context.catalogue.engine, operation, answer, secretValues(type, options));
  const taskIds = taskIdsOf(context.catalogue.engine, operation, answer);
  // A name of something that still goes is dropped by whoever finds it gone.
  if (taskIds.length === 0) {
    if (found.kept !== null) await context.options.names.remove(where.scope, found.kept.name);
    return { status: 200 };
  }
  const resourceId = resourceIdOf(context.cluster, type.armType, [...place.parents.map(({ name }) => name), found.name]);
  return { status: 202, operation: await beginOperation(context, { kind: "delete", resourceId, taskIds, name: null }) };
}
