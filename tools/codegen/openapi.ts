// The parts of OpenAPI 2 and 3 that the emitters write and the generator reads. Types only.

export interface OpenApiSchema {
  $ref?: string;
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  enum?: string[];
  default?: unknown;
  properties?: Record<string, OpenApiSchema>;
  required?: string[];
  additionalProperties?: OpenApiSchema | boolean;
  items?: OpenApiSchema;
  allOf?: OpenApiSchema[];
  anyOf?: OpenApiSchema[];
  oneOf?: OpenApiSchema[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  readOnly?: boolean;
  "x-ms-mutability"?: string[];
  "x-ms-secret"?: boolean;
  [extension: `x-${string}`]: unknown;
}

export interface OpenApiParameter extends Omit<OpenApiSchema, "required"> {
  name: string;
  in: "path" | "query" | "header" | "body";
  required?: boolean;
  explode?: boolean;
  schema?: OpenApiSchema;
}

export interface OpenApiOperation {
  operationId: string;
  description?: string;
  summary?: string;
  tags?: string[];
  parameters: (OpenApiParameter | { $ref: string })[];
  responses: Record<string, { description: string; schema?: OpenApiSchema; headers?: Record<string, OpenApiSchema> }>;
  "x-ms-long-running-operation"?: boolean;
  "x-ms-long-running-operation-options"?: { "final-state-via"?: string };
  "x-ms-pageable"?: { nextLinkName: string };
}

export interface OpenApi2Document {
  swagger: "2.0";
  info: { title: string; version: string; description?: string; "x-accepted-api-versions"?: string[] };
  paths: Record<string, Record<string, OpenApiOperation>>;
  definitions?: Record<string, OpenApiSchema>;
  parameters?: Record<string, OpenApiParameter>;

}

export interface OpenApi3Document {
  openapi: string;
  components?: { schemas?: Record<string, OpenApiSchema>; parameters?: Record<string, OpenApiParameter> };
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
