// What an export is told beside the catalogue.
import { PERMISSIONS } from "@cynosure/projection";

export interface ExportOptions {
  /** Version of the contract below which the types are served. */
  readonly apiVersion: string;
}

/** `Cynosure.Storage`: namespace of the resource provider. */
export const NAMESPACE = PERMISSIONS.slice(0, PERMISSIONS.indexOf("/"));
