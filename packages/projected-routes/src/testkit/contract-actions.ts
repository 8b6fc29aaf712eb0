// The two actions of the contract that this room answers, served as the contract says.
import { contractRoutes } from "@cynosure/http-server";
import type { ServedRoute } from "@cynosure/http-server";
import { nativeHandlers } from "../native-handlers.ts";
import type { ProjectedRoutesOptions } from "../options.ts";

const NAMES = ["/getParity", "/invokeNative"];

export function contractActions(options: ProjectedRoutesOptions): readonly ServedRoute[] {
  // The others are left out of the listener, so that their handlers are never asked for.
  const handlers = nativeHandlers(options) as unknown as Parameters<typeof contractRoutes>[0]["handlers"];
  return contractRoutes({ handlers, namespace: "Cynosure.Storage", locations: options.locations }).filter(({ path }) => NAMES.some((name) => path.endsWith(name)));
}
