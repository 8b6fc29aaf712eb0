// Filling `{{address:…}}`, `{{secret:…}}` and `{{output:…}}` in a host plan. Pure: values arrive in a
// table. One pass, so a value that looks like a placeholder stays as it is. Errors hold names, never values.
import type { HostPlan } from "@cynosure/model";

export type PlaceholderKind = "address" | "secret" | "output";

export interface Placeholder {
  readonly kind: PlaceholderKind;
  readonly name: string;
}

export type PlaceholderValues = Readonly<Record<PlaceholderKind, ReadonlyMap<string, string>>>;

export type RenderOutcome = { readonly ok: true; readonly plan: HostPlan } | { readonly ok: false; readonly missing: readonly string[] };

// `{{word:name}}` is ours; any other double brace belongs to the file it stands in.
const pattern = /\{\{([a-z]+):([^{}\n]{1,200})\}\}/g;
const isKind = (text: string): text is PlaceholderKind => text === "address" || text === "secret" || text === "output";

function mapText(plan: HostPlan, change: (text: string) => string): HostPlan {
  return {
    ...plan,
    files: plan.files.map((file) => ({ ...file, text: change(file.text) })),
    daemons: plan.daemons.map((daemon) => ({
      ...daemon,
      prepare: daemon.prepare.map((command) => ({ ...command, argv: command.argv.map(change) })),
      argv: daemon.argv.map(change),
      env: Object.fromEntries(Object.entries(daemon.env).map(([key, value]) => [key, change(value)])),
    })),
  };
}

/** Every placeholder of the plan once. Unknown kinds are left to `renderHostPlan`, which names them. */
export function placeholdersOf(plan: HostPlan): readonly Placeholder[] {
  const found = new Map<string, Placeholder>();
  mapText(plan, (text) => {
    for (const [whole, kind = "", name = ""] of text.matchAll(pattern)) if (isKind(kind)) found.set(whole, { kind, name });
    return text;
  });
  return [...found.values()];
}

export function renderHostPlan(plan: HostPlan, values: PlaceholderValues): RenderOutcome {
  const missing = new Set<string>();
  const rendered = mapText(plan, (text) =>
    text.replace(pattern, (whole: string, kind: string, name: string) => {
      const value = isKind(kind) ? values[kind].get(name) : undefined;
      if (value === undefined) missing.add(whole);
      return value ?? whole;
    }),
  );
  return missing.size === 0 ? { ok: true, plan: rendered } : { ok: false, missing: [...missing].sort() };
}
