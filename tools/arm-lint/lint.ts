// Azure's own lint rules over an OpenAPI 2 document, offline: the spectral rules for resource providers and the
// native ones, those still being staged included. What a finding means for us is said in accepted.json.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as validatorCore from "@microsoft.azure/openapi-validator-core";
import type * as validatorRules from "@microsoft.azure/openapi-validator-rulesets";
import type * as spectralCore from "@stoplight/spectral-core";
import type * as spectralParsers from "@stoplight/spectral-parsers";

// All four are CommonJS without named exports that Node could see.
const load = createRequire(import.meta.url);
const { Document, Spectral } = load("@stoplight/spectral-core") as typeof spectralCore;
const { Json } = load("@stoplight/spectral-parsers") as typeof spectralParsers;
const { OpenApiTypes, lint } = load("@microsoft.azure/openapi-validator-core") as typeof validatorCore;
const { deleteRulesPropertiesInPayloadNotValidForSpectralRules, nativeRulesets, spectralRulesets } = load("@microsoft.azure/openapi-validator-rulesets") as typeof validatorRules;

export interface Finding {
  readonly rule: string;
  /** Slash between the steps; a path template keeps its own slashes. */
  readonly place: string;
  readonly message: string;
}

export interface LintResult {
  readonly findings: readonly Finding[];
  /** How many rules ran, by kind: an empty rule set finds nothing, too. */
  readonly rules: { readonly spectral: number; readonly native: number };
}

const placeOf = (steps: readonly (string | number)[]): string => steps.join("/");

async function runSpectral(path: string): Promise<{ findings: readonly Finding[]; count: number }> {
  const spectral = new Spectral();
  const rules = { ...spectralRulesets.azARM, rules: structuredCloneOfRules(spectralRulesets.azARM) };
  // Guideline codes are of no use to the engine, which refuses what it does not know.
  deleteRulesPropertiesInPayloadNotValidForSpectralRules(rules);
  spectral.setRuleset(rules as Parameters<typeof spectral.setRuleset>[0]); // the rules are made for this engine
  const results = await spectral.run(new Document(readFileSync(path, "utf8"), Json, path));
  const findings = results.map((result) => ({ rule: String(result.code), place: placeOf(result.path), message: result.message }));
  return { findings, count: Object.keys(spectral.ruleset?.rules ?? {}).length };
}

/** The rules hold functions, which cannot be cloned; only their own fields are taken away. */
const structuredCloneOfRules = (ruleset: { readonly rules: Readonly<Record<string, object>> }): Record<string, object> => Object.fromEntries(Object.entries(ruleset.rules).map(([name, rule]) => [name, { ...rule }]));

async function runNative(path: string): Promise<{ findings: readonly Finding[]; count: number }> {
  const rules = { ...nativeRulesets.azCommon.rules, ...nativeRulesets.azArm.rules };
  const messages = await lint([path], { ruleSet: { documentationUrl: "", rules }, openapiType: OpenApiTypes.arm } as Parameters<typeof lint>[1]);
  return { findings: messages.map((message) => ({ rule: message.code, place: placeOf(message.jsonpath), message: message.message })), count: Object.keys(rules).length };
}

export async function lintDocument(path: string): Promise<LintResult> {
  const spectral = await runSpectral(path);
  const native = await runNative(path);
  return { findings: [...spectral.findings, ...native.findings], rules: { spectral: spectral.count, native: native.count } };
}
