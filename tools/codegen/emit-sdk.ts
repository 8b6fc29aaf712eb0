// The SDK: one class per operation group, one method per operation, and a client that holds them all. Every
// method is one line over the hand-written runtime of packages/sdk.
import type { ContractModel, ContractOperation } from "./contract-model.ts";
import { docComment, typescriptFile } from "./generated-file.ts";
import type { GeneratedFile } from "./generated-file.ts";

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const className = (group: string): string => `${group}Operations`;
const methodName = (operation: ContractOperation): string => lowerFirst(operation.operationId.split("_")[1] ?? "");

/** What a caller gets: the body of the success, or nothing. */
function resultType(operation: ContractOperation): string {
  const body = Object.values(operation.responseSchemas).find((schema) => schema !== null);
  return operation.verb === "delete" ? "void" : (body ?? "void");
}

function itemType(model: ContractModel, operation: ContractOperation): string {
  const page = model.schemas[operation.responseSchemas["200"] ?? ""];
  const value = page?.kind === "object" ? page.properties["value"]?.schema : undefined;
  if (value?.kind !== "array" || value.items.kind !== "reference") throw new Error(`${operation.operationId} is paged but has no list of a named type`);
  return value.items.name;
}

interface Parts {
  readonly parameters: string[];
  readonly forward: string;
}

function partsOf(operation: ContractOperation): Parts {
  const names = operation.pathParameters.map(({ name }) => name).filter((name) => name !== "subscriptionId");
  const body = operation.requestSchema;
  return {
    parameters: [...names.map((name) => `${name}: string`), ...(body === null ? [] : [`body: ${body}`])],
    forward: `"${operation.operationId}", {${names.length === 0 ? "" : ` ${names.join(", ")} `}}`,
  };
}

function methodText(model: ContractModel, operation: ContractOperation): string {
  const { parameters, forward } = partsOf(operation);
  const name = methodName(operation);
  const doc = docComment(operation.description, "  ");
  const body = operation.requestSchema === null ? "undefined" : "body";
  const result = resultType(operation);
  const signature = (options: string): string => [...parameters, `options: ${options} = {}`].join(", ");
  const pass = [...parameters.map((parameter) => parameter.split(":")[0]), "options"].join(", ");
  const method = (call: string, options: string, returns: string, statement: string): string => `  ${call}(${signature(options)}): ${returns} {\n    return ${statement};\n  }\n`;
  if (operation.verb === "checkExistence") return doc + method(name, "RequestOptions", "Promise<boolean>", `this.#caller.exists(${forward}, options)`);
  if (operation.pageable) {
    const item = itemType(model, operation);
    return doc + method(name, "ListOptions", `PagedItems<${item}>`, `this.#caller.list<${item}>(${forward}, options)`);
  }
  if (operation.longRunning === null) return doc + method(name, "RequestOptions", `Promise<${result}>`, `this.#caller.call<${result}>(${forward}, ${body}, options)`);
  const upper = name.charAt(0).toUpperCase() + name.slice(1);
  const begin = method(`begin${upper}`, "LongRunningOptions", `LongRunningPoller<${result}>`, `this.#caller.begin<${result}>(${forward}, ${body}, options)`);
  const wait = `  async ${name}AndWait(${signature("LongRunningOptions")}): Promise<${result}> {\n    return await this.begin${upper}(${pass}).pollUntilDone(options);\n  }\n`;
  return `${doc}${begin}\n${docComment(`${operation.description} Waits until it is done.`, "  ")}${wait}`;
}

function classText(model: ContractModel, group: string): string {
  const operations = model.operations.filter((operation) => operation.group === group);
  return `
export class ${className(group)} {
  readonly #caller: OperationCaller;

  constructor(caller: OperationCaller) {
    this.#caller = caller;
  }

${operations.map((operation) => methodText(model, operation)).join("\n")}}
`;
}

export function emitClient(model: ContractModel, path: string): GeneratedFile {
  const groups = [...new Set(model.operations.map((operation) => operation.group))];
  const types = new Set<string>();
  for (const operation of model.operations) {
    if (operation.requestSchema !== null) types.add(operation.requestSchema);
    if (operation.pageable) types.add(itemType(model, operation));
    else if (operation.verb !== "checkExistence") types.add(resultType(operation));
  }
  types.delete("void");
  const body = `
import type { ${[...types].sort().join(", ")} } from "@cynosure/contract";
import type { CynosureClientOptions, ListOptions, LongRunningOptions, RequestOptions } from "../client-options.ts";
import type { LongRunningPoller } from "../long-running.ts";
import { OperationCaller } from "../operation-caller.ts";
import type { PagedItems } from "../paging.ts";
${groups.map((group) => classText(model, group)).join("")}
/** Client of one subscription. */
export class CynosureClient extends OperationCaller {
${groups.map((group) => `  readonly ${lowerFirst(group)}: ${className(group)};\n`).join("")}
  constructor(options: CynosureClientOptions) {
    super(options);
${groups.map((group) => `    this.${lowerFirst(group)} = new ${className(group)}(this);\n`).join("")}  }
}
`;
  return typescriptFile(path, body);
}

/** Passes on what users of the SDK need of the contract, so that they depend on one package. */
export function emitWire(model: ContractModel, path: string): GeneratedFile {
  const names = [...Object.keys(model.schemas), "JsonValue", "CliVerb", "CliFlag", "CliParameter", "OperationId", "Route", "ValidationIssue"].sort();
  return typescriptFile(path, `\nexport type {\n${names.map((name) => `  ${name},\n`).join("")}} from "@cynosure/contract";\nexport { apiVersion, cliVerbs, requirementFileSchema, routes, validate } from "@cynosure/contract";\n`);
}
