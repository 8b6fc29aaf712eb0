// What is refused before the engine is asked.
import { ControlPlaneError } from "@cynosure/model";
import type { ProjectedType } from "@cynosure/projection";
import type { Context } from "../context.ts";
import type { Place, UnknownPlace } from "../places/place.ts";

export const notFound = ({ type, name }: Pick<Extract<Place, { readonly kind: "item" }>, "type" | "name">): ControlPlaneError =>
  new ControlPlaneError("ResourceNotFound", `The engine has no ${type.armType} '${name.slice(0, 260)}'. Check the name in the list, or create it first.`, { target: type.armType });

export const cannot = ({ catalogue }: Pick<Context, "catalogue">, type: ProjectedType, verb: string): ControlPlaneError => {
  const verbs = Object.keys(type.paths).join(", ");
  return new ControlPlaneError("MethodNotAllowed", `The engine (${catalogue.engine}) cannot ${verb} ${type.armType}: it has ${verbs === "" ? "actions alone" : verbs}. See getParity for what it has.`, { target: type.armType });
};

export function unknownPlace({ catalogue }: Pick<Context, "catalogue">, { what, armType, word }: UnknownPlace): ControlPlaneError {
  if (what === "method") return new ControlPlaneError("MethodNotAllowed", `${word} needs the name of one ${armType}; a collection takes GET, and POST of an action.`, { target: armType });
  if (what === "action") return new ControlPlaneError("InvalidResourceType", `The engine (${catalogue.engine}) has no action '${word.slice(0, 100)}'${armType === "" ? " of the cluster" : ` of ${armType}`}. See getParity for the actions it has.`, { target: word.slice(0, 100) });
  return new ControlPlaneError("InvalidResourceType", `The engine (${catalogue.engine}) of this cluster has no type '${armType.slice(0, 200)}'. See getParity for the types it has; what no document lists is reached by invokeNative.`, { target: armType.slice(0, 200) });
}
