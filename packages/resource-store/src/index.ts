// Resource store port and its PostgreSQL adapter.
export * from "./port.ts";
