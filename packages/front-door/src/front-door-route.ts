// How one route of the front door is made, and what its answer may know of the request. Versions are the front
// door's own: any well-formed one from 2014 on, for every client tool sends another.
import type { RequestContext } from "@cynosure/arm-protocol";
import { ControlPlaneError } from "@cynosure/model";
import { FRONT_DOOR_VERSION_FROM } from "@cynosure/http-server";
import type { RouteAnswer, RouteRequest, ServedRoute } from "@cynosure/http-server";

const SUPPORTED = ["2021-04-01", "2022-12-01", "2019-11-01"];

export interface FrontDoorRoute {
  readonly method: "GET" | "HEAD" | "PUT" | "PATCH" | "POST" | "DELETE";
  readonly path: string;
  readonly permission: string;
  readonly takes?: "json" | "nothing";
  answer(request: RouteRequest): Promise<RouteAnswer> | RouteAnswer;
}

export const frontDoorRoute = (route: FrontDoorRoute): ServedRoute => ({
  method: route.method,
  path: route.path,
  access: "bearer",
  takes: route.takes ?? "nothing",
  apiVersion: { providerType: null, supported: SUPPORTED, acceptsAnyFrom: FRONT_DOOR_VERSION_FROM },
  permission: route.permission,
  answer: async (request) => route.answer(request),
});

/** A parameter of the route's own path. */
export const param = (request: RouteRequest, name: string): string => request.params[name] ?? "";

export function contextOf(request: RouteRequest): RequestContext {
  if (request.principal === null) throw new ControlPlaneError("AuthenticationFailed", "The request carries no principal.");
  return {
    principal: request.principal,
    requestId: request.requestId,
    correlationId: request.correlation.correlationId,
    apiVersion: request.apiVersion,
    condition: request.condition,
    baseUrl: request.baseUrl,
  };
}

export function invalidBody(message: string, target: string): ControlPlaneError {
  return new ControlPlaneError("InvalidRequestContent", message, { target });
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** `$expand` as lower-case words; words that are not served are refused by name. */
export function readExpand(text: string | undefined, served: readonly string[]): readonly string[] {
  const words = (text ?? "").split(",").map((word) => word.trim()).filter((word) => word !== "");
  const unknown = words.find((word) => !served.some((known) => known.toLowerCase() === word.toLowerCase()));
  if (unknown !== undefined) throw new ControlPlaneError("InvalidParameter", `The $expand '${unknown.slice(0, 100)}' is not supported here. Use: ${served.join(", ")}.`, { target: "$expand" });
  return words.map((word) => word.toLowerCase());
}
