// The closed catalogue of errors the control plane raises. Transport-free: only http-server turns a kind
// into a status code. `message` names the thing, the reason and the remedy; internals go into `cause`.

export type ErrorKind =
  | "invalid" // the request is wrong as it stands
  | "notFound"
  | "conflict"
  | "preconditionFailed"
  | "unauthenticated"
  | "forbidden"
  | "tooMany"
  | "tooLarge"
  | "unsupportedMediaType"
  | "methodNotAllowed"
  | "unavailable" // a dependency is away, try again
  | "timeout" // no answer in time, try again
  | "internal";

/** ARM error codes we answer, each with its kind (facts: ARM RPC error table). */
export const errorKinds = {
  InvalidRequestContent: "invalid",
  InvalidParameter: "invalid",
  InvalidResourceName: "invalid",
  LocationRequired: "invalid",
  LocationNotAvailableForResourceType: "invalid",
  MissingApiVersionParameter: "invalid",
  InvalidApiVersionParameter: "invalid",
  NoRegisteredProviderFound: "invalid",
  MismatchingResourceSegments: "invalid",
  InvalidSkipToken: "invalid",
  ResourceMoveNotSupported: "invalid",
  ResourceMoveInvalid: "invalid",
  RequirementInvalid: "invalid",
  RoleDefinitionDoesNotExist: "invalid",
  RoleAssignmentScopeNotAssignableToRoleDefinition: "invalid",
  AuthenticationFailed: "unauthenticated",
  InvalidAuthenticationToken: "unauthenticated",
  InvalidAuthenticationTokenTenant: "unauthenticated",
  ExpiredAuthenticationToken: "unauthenticated",
  AuthorizationFailed: "forbidden",
  LinkedAuthorizationFailed: "forbidden",
  ResourceNotFound: "notFound",
  ParentResourceNotFound: "notFound",
  ResourceGroupNotFound: "notFound",
  SubscriptionNotFound: "notFound",
  InvalidSubscriptionId: "notFound",
  InvalidResourceType: "notFound",
  InvalidResourceNamespace: "notFound",
  OperationNotFound: "notFound",
  TagNotFound: "notFound",
  HostNotFound: "notFound",
  RoleDefinitionNotFound: "notFound",
  RoleAssignmentNotFound: "notFound",
  DenyAssignmentNotFound: "notFound",
  AnotherOperationInProgress: "conflict",
  PropertyChangeNotAllowed: "conflict",
  InvalidResourceLocation: "conflict",
  ResourceGroupBeingDeleted: "conflict",
  MissingSubscriptionRegistration: "conflict",
  ReadOnlyDisabledSubscription: "conflict",
  ResourceMoveConflict: "conflict",
  QuotaExceeded: "conflict",
  RoleAssignmentExists: "conflict",
  RoleAssignmentUpdateNotPermitted: "conflict",
  RoleDefinitionHasAssignments: "conflict",
  RoleDefinitionWithSameNameExists: "conflict",
  OperationNotAllowed: "conflict",
  OperationFailed: "conflict",
  StaleExecutor: "conflict",
  PlanParentIsNotTarget: "conflict",
  PlanCheckFailed: "conflict",
  PreconditionFailed: "preconditionFailed",
  TooManyRequests: "tooMany",
  SubscriptionRequestsThrottled: "tooMany",
  RequestEntityTooLarge: "tooLarge",
  UnsupportedMediaType: "unsupportedMediaType",
  MethodNotAllowed: "methodNotAllowed",
  ServiceUnavailable: "unavailable",
  GatewayTimeout: "timeout",
  StepFailed: "internal",
  InternalServerError: "internal",
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  /** JSON path or parameter name. */
  readonly target?: string;
}

export class ControlPlaneError extends Error {
  readonly code: ErrorCode;
  readonly target: string | undefined;
  readonly details: readonly ErrorDetail[];

  constructor(code: ErrorCode, message: string, options: { target?: string; details?: readonly ErrorDetail[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ControlPlaneError";
    this.code = code;
    this.target = options.target;
    this.details = options.details ?? [];
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}
