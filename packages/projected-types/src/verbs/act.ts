// POST of an action. Its body is the engine's: of a GET the members are the query, of everything else the JSON that is sent. What
// the engine answers comes back as it is.
import { ControlPlaneError } from "@cynosure/model";
import type { Context } from "../context.ts";
import { sendOrThrow } from "../context.ts";
import type { NativeId } from "../names/native-id.ts";
import type { Place } from "../places/place.ts";
import type { ProjectedAnswer, ProjectedRequest } from "../port.ts";
import { beginOperation, taskIdsOf } from "../tasks/begin.ts";
import { resourceIdOf } from "../wire/envelope.ts";
import { isJsonObject } from "../wire/json.ts";
import type { Json } from "../wire/json.ts";
import { secretValues } from "../wire/secrets.ts";
import { find, openWhere } from "./find.ts";
import type { Where } from "./find.ts";
import { nativeQuery, sentBody, splitBody } from "./body.ts";
import { keyValues } from "./key-values.ts";
import { notFound } from "./refusals.ts";
import { deleteItem } from "./remove.ts";
import { runTransfer } from "./transfer.ts";

type Action = Extract<Place, { readonly kind: "action" }>;

export async function runAction(context: Context, place: Action, request: ProjectedRequest): Promise<ProjectedAnswer> {
  const { operation, type } = place;
  const body = bodyOf(request.body);
  if (type !== null && place.name !== null && operation.armVerb === "delete") return deleteItem(context, { ...place, kind: "item", type, name: place.name }, body, nativeQuery(request.query));
  const target = await targetOf(context, place);
  const { levels, resourceId } = target;
  const key = target.where === null || target.parts === null ? {} : keyValues(target.where.type, operation, target.parts);
  if (operation.class === "transfer" && operation.armVerb === "action") return runTransfer(context, operation, { type, ...target }, { ...key, ...body });
  const sent = splitBody(operation, { ...key, ...body });
  const answer = await sendOrThrow(context, operation, { levels, query: [...sent.query, ...nativeQuery(request.query)], ...sentBody(operation, sent.body) }, secretValues(type, body));
  const taskIds = taskIdsOf(context.catalogue.engine, operation, answer);
  if (taskIds.length > 0) return { status: 202, operation: await beginOperation(context, { kind: "action", resourceId, taskIds, name: null }) };
  if (answer.body === null || answer.body === "") return { status: 204 };
  const contentType = answer.headers["content-type"] ?? "text/plain";
  if (typeof answer.body === "string" && !/[/+]json\b/i.test(contentType)) return { status: 200, text: { contentType, text: answer.body } };
  return { status: 200, body: answer.body };
}

interface Target {
  readonly levels: readonly NativeId[];
  readonly where: Where | null;
  readonly parts: NativeId | null;
  readonly resourceId: string;
}

async function targetOf(context: Context, { type, parents, name }: Action): Promise<Target> {
  if (type === null) return { levels: [], where: null, parts: null, resourceId: context.cluster.id };
  const where = await openWhere(context, type, parents);
  const above = parents.map((parent) => parent.name);
  if (name === null) return { levels: where.levels, where, parts: null, resourceId: above.length === 0 ? context.cluster.id : resourceIdOf(context.cluster, type.armType, above) };
  const found = await find(context, where, name);
  if (found === null) throw notFound({ type, name });
  return { levels: [...where.levels, found.parts], where, parts: found.parts, resourceId: resourceIdOf(context.cluster, type.armType, [...above, found.name]) };
}

/** An action without a body is one with an empty one. */
function bodyOf(body: unknown): Json {
  if (body === undefined || body === null || body === "") return {};
  if (isJsonObject(body)) return body;
  throw new ControlPlaneError("InvalidRequestContent", "The body of an action must be a JSON object with the engine's own properties.", { target: "$" });
}
