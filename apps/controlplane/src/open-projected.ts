// Projected types of this process: the engines' own APIs behind the ARM endpoint, and what of them other rooms list. The one
// place where their core is made.
import { engineInternals } from "@cynosure/contract";
import type { Authorize } from "@cynosure/http-server";
import type { Clock, EngineName } from "@cynosure/model";
import { INVOKE_NATIVE, openUrlPull } from "@cynosure/native-gateway";
import type { UrlTargets } from "@cynosure/native-gateway";
import { nativeHandlers, projectedOperations, projectedRoutes, projectedTypePaths } from "@cynosure/projected-routes";
import type { ProjectedRoutesOptions } from "@cynosure/projected-routes";
import { createProjectedTypes } from "@cynosure/projected-types";
import type { NativeOperationState } from "@cynosure/projected-types";
import { projectedEngines } from "@cynosure/projection";
import type { Catalogue } from "@cynosure/projection";
import type { Store } from "@cynosure/resource-store";
import type { NativeOpener } from "./native-opener.ts";

export interface ProjectedOptions {
  readonly store: Store;
  readonly native: NativeOpener;
  /** Engines this process can reach. */
  readonly engines: readonly EngineName[];
  /** Where files may be read from by URL besides public addresses. */
  readonly urlTargets: UrlTargets;
  readonly clock: Clock;
  readonly newId: () => string;
}

export type ServeProjected = Pick<ProjectedRoutesOptions, "authorize" | "requireGroup" | "locations" | "retryAfterSecondsMin">;

export interface Projected {
  /** For the provider listing: read when it is asked for, since a document takes its time to load. */
  readonly typePaths: () => ReturnType<typeof projectedTypePaths>;
  readonly operations: () => ReturnType<typeof projectedOperations>;
  readOperation(id: string): Promise<NativeOperationState | null>;
  serve(how: ServeProjected): { readonly routes: ReturnType<typeof projectedRoutes>; readonly handlers: ReturnType<typeof nativeHandlers> };
}

export function openProjected({ store, native, engines, urlTargets, clock, newId }: ProjectedOptions): Projected {
  const nowMs = (): number => clock.now();
  const projected = createProjectedTypes({ names: store.nativeNames, operations: store.nativeOperations, newId, nowMs, openUrl: (url) => openUrlPull(url, { allowed: urlTargets }) });
  const catalogues = (): readonly Catalogue[] => projectedEngines.filter((engine) => engines.includes(engine)).map((engine) => native.catalogueOf(engine));
  return {
    typePaths: () => projectedTypePaths(catalogues()),
    operations: () => projectedOperations(catalogues()),
    readOperation: (id) => projected.readOperation(id, (cluster) => native.open(cluster)),
    serve: (how) => {
      const options = { ...how, projected, native, store, nowMs };
      return { routes: projectedRoutes(options), handlers: nativeHandlers(options) };
    },
  };
}

/** Azure Resource Manager has asked its roles for the right that the path says. An engine's internals need another one than
 *  their path says, so nobody has it there. */
export const authorizedByArm: Authorize = ({ permission }) => Promise.resolve({ allowed: !permission.toLowerCase().startsWith(engineInternals.toLowerCase()) });

/** And of what is asked through `invokeNative` it has asked for that alone: an operation with a path of its own is to be asked by that path. */
export const invokedByArm: Authorize = ({ permission }) => Promise.resolve({ allowed: permission === INVOKE_NATIVE });
