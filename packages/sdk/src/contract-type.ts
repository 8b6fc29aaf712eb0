// What the contract's types look like to programs that choose at run time, as forms and tables do. The types themselves
// are generated beside this file.

export interface ContractBounds {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
}

export interface ContractProperty {
  readonly type: ContractType;
  readonly description: string;
  readonly required?: boolean;
  /** The server writes it. */
  readonly readOnly?: boolean;
  /** Said on creation and never again. */
  readonly createOnly?: boolean;
  readonly secret?: boolean;
  readonly default?: unknown;
}

export type ContractType =
  | { readonly kind: "object"; readonly description: string; readonly properties: Readonly<Record<string, ContractProperty>> }
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "array"; readonly items: ContractType; readonly bounds?: ContractBounds }
  | { readonly kind: "map"; readonly values: ContractType }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "scalar"; readonly type: "string" | "integer" | "number" | "boolean"; readonly bounds?: ContractBounds }
  | { readonly kind: "any" };
