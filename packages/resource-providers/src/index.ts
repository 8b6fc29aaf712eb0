// Resource providers: the synchronous half of every ARM type. They record wishes and start plans; they never
// execute one.
export { createResourceProviders, type ProviderHandlers, type ResourceProviders } from "./resource-providers.ts";
export type { EngineOffer, LocationConfig, ParentScopes, ResourceProvidersConfig, ResourceProvidersOptions, SubstrateOffer, NativeOperation } from "./options.ts";
export { operationCatalogue } from "./operation-catalogue.ts";
export type { MoveRequest } from "./resource-move.ts";
export type { DeletionRound, SubscriptionLifecycle } from "./subscription-lifecycle.ts";
