// An ARM template as Azure Resource Manager deploys it: expressions evaluated (the few that our example uses), one
// PUT per resource with location, tags and properties. Unknown functions are an error, not ignored.
import { isRecord, mapTexts, resourceIdOf } from "./planned-put.ts";
import type { Deployment, PlannedPut } from "./planned-put.ts";

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(-?\d+)|([A-Za-z]\w*)|([().,]))/y;
/** Fields that steer the deployment and are not sent. */
const STEERING: readonly string[] = ["type", "apiVersion", "name", "dependsOn", "condition", "comments"];

type Call = (args: readonly unknown[]) => unknown;

function evaluate(text: string, functions: Readonly<Record<string, Call>>): unknown {
  if (!/^\[(?!\[)[\s\S]*\]$/.test(text)) return text.replace(/^\[\[/, "[");
  const tokens = [...tokenize(text.slice(1, -1))];
  const take = (mark?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (mark !== undefined && token !== mark)) throw new Error(`${text}: '${mark ?? "a value"}' is missing`);
    return token;
  };
  const peek = (): string | undefined => tokens[0];
  const value = (): unknown => {
    const token = take();
    if (token.startsWith("'")) return token.slice(1);
    if (/^-?\d+$/.test(token)) return Number(token);
    const call = functions[token];
    if (call === undefined) throw new Error(`${text}: the function ${token} is not known here`);
    take("(");
    const args: unknown[] = [];
    while (peek() !== ")") {
      args.push(value());
      if (peek() === ",") take(",");
    }
    take(")");
    let result = call(args);
    while (peek() === ".") {
      take(".");
      result = isRecord(result) ? result[take()] : undefined;
    }
    return result;
  };
  const result = value();
  if (tokens.length > 0 || result === undefined) throw new Error(`${text}: cannot be evaluated`);
  return result;
}

function* tokenize(text: string): Generator<string> {
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`'${text}' is no expression`);
    const [, quoted, number, word, mark] = match;
    yield quoted === undefined ? (number ?? word ?? mark ?? "") : `'${quoted.replaceAll("''", "'")}`;
  }
}

export function planArmTemplate(text: string, deployment: Deployment): readonly PlannedPut[] {
  const template = JSON.parse(text) as { parameters: Record<string, { defaultValue?: unknown }>; resources: readonly Record<string, unknown>[] }; // checked field by field below
  const functions: Record<string, Call> = {
    parameters: ([name]) => {
      const parameter = template.parameters[String(name)];
      if (parameter === undefined) throw new Error(`the template has no parameter ${String(name)}`);
      return deployment.parameters[String(name)] ?? mapTexts(parameter.defaultValue, (each) => evaluate(each, functions));
    },
    concat: (args) => args.map(String).join(""),
    format: ([form, ...args]) => String(form).replace(/\{(\d+)\}/g, (_, at: string) => String(args[Number(at)])),
    resourceGroup: () => ({ name: deployment.resourceGroup, location: deployment.groupLocation }),
    resourceId: ([type, ...names]) => resourceIdOf(deployment, String(type), names.map(String)),
  };
  return template.resources.map((raw) => {
    const resource = mapTexts(raw, (each) => evaluate(each, functions));
    if (!isRecord(resource)) throw new Error("a resource of the template is no object");
    const { type, name, apiVersion, dependsOn } = resource;
    return {
      id: resourceIdOf(deployment, String(type), String(name).split("/")),
      type: String(type),
      apiVersion: String(apiVersion),
      body: Object.fromEntries(Object.entries(resource).filter(([field]) => !STEERING.includes(field))),
      dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
    };
  });
}
