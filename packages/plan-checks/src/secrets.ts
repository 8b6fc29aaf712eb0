// Rules about what host plans may hold: plans are stored in clear and shown to people, so secrets appear in
// them as placeholders only, and placeholders name things that exist.
import type { Plan, PlannedHost } from "@cynosure/model";
import { fatal, type Rule } from "./finding.ts";

const placeholder = /\{\{[a-z]+:[^}]*\}\}/g;

/** What looks like key material once placeholders are taken out. Each pattern names what it takes it for. */
const suspects: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "a private key", pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: "a base64 key", pattern: /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{20,}={1,2}(?![A-Za-z0-9+/=])/ },
  { what: "a random token", pattern: /(?<![A-Za-z0-9+])(?=[A-Za-z0-9+]*[a-z])(?=[A-Za-z0-9+]*[A-Z])(?=[A-Za-z0-9+]*[0-9])[A-Za-z0-9+]{40,}(?![A-Za-z0-9+])/ },
  // A bare "key" is any map's key: only a value as long as key material makes it suspicious.
  { what: "a literal key", pattern: /(?:^|[\s"'{,;])key["']?\s*[=:]\s*["']?(?=[A-Za-z0-9+/=_-]*[0-9])[A-Za-z0-9+/=_-]{20,}/im },
  { what: "a literal secret", pattern: /(?:^|[\s"'{,;])(?:\w+[_-])?(?:(?:secret|access|private|api)[_-]?key|secret|password|passphrase|token)["']?\s*[=:]\s*(?!["']?(?:$|\/|[,;}]|none\b|true\b|false\b))["']?[^\s"',;}]{6,}/im },
];

/** The first suspicion about a text; null when it may be stored. */
export function suspectSecret(text: string): string | null {
  const bare = text.replaceAll(placeholder, "");
  return suspects.find(({ pattern }) => pattern.test(bare))?.what ?? null;
}

function textsOf(host: PlannedHost): { where: string; text: string }[] {
  const { files, daemons } = host.hostPlan;
  return [
    ...files.map((file) => ({ where: `${host.hostId}:${file.path}`, text: file.text })),
    ...daemons.flatMap((daemon) => [
      ...[daemon.argv, ...daemon.prepare.map((command) => command.argv)].map((argv) => ({ where: `${host.hostId}:${daemon.id}`, text: argv.join(" ") })),
      ...Object.entries(daemon.env).map(([name, value]) => ({ where: `${host.hostId}:${daemon.id}`, text: `${name}=${value}` })),
    ]),
  ];
}

const actionTexts = (plan: Plan): { where: string; text: string }[] => plan.layout.steps.map((step) => ({ where: step.id, text: JSON.stringify(step.action.params) }));

export const secretsArePlaceholders: Rule = {
  id: "CHK-10",
  statement: "Host plans and engine actions hold no key material: secrets are placeholders.",
  check({ plan }) {
    return [...Object.values(plan.hosts).flatMap(textsOf), ...actionTexts(plan)].flatMap(({ where, text }) => {
      const what = suspectSecret(text);
      return what === null ? [] : [fatal(where, `${where} holds what looks like ${what}. Use {{secret:NAME}} in its place.`)];
    });
  },
};

export const addressesExist: Rule = {
  id: "CHK-11",
  statement: "Host plans name addresses of hosts of the plan only.",
  check({ plan }) {
    return Object.values(plan.hosts)
      .flatMap(textsOf)
      .flatMap(({ where, text }) => [...text.matchAll(/\{\{address:([^}]*)\}\}/g)].filter((match) => !Object.values(plan.hosts).some((host) => host.hostId === match[1])).map((match) => fatal(where, `${where} names the address of ${match[1]}, which is no host of this plan.`)));
  },
};
