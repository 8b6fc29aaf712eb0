// The page where a person enters a device code: plain HTML from the server, no script, and a policy under
// which a browser would run none. Everything shown is escaped.
import { createHash } from "node:crypto";
import type { PersonOutcome } from "./device-sign-in.ts";

const STYLE = `
:root { color-scheme: light dark; --accent: #0b5cad; --on-accent: #fff; --quiet: #5a5f66; --wrong: #b3261e; --wrong-ground: #fcebea; }
@media (prefers-color-scheme: dark) { :root { --accent: #7cb8f5; --on-accent: #10202f; --quiet: #a5abb3; --wrong: #f2b8b5; --wrong-ground: #3d1f1e; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 26rem; padding: 2rem 1rem; }
.from { color: var(--quiet); font-weight: 600; margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .25rem 0 .75rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
input { box-sizing: border-box; font: inherit; margin-top: .25rem; padding: .5rem; width: 100%; }
.hint { color: var(--quiet); font-size: .875rem; margin: .25rem 0 0; }
.code, .id { font-family: ui-monospace, monospace; }
.code { letter-spacing: .15em; text-transform: uppercase; }
.id { font-size: .875rem; }
.actions { display: flex; gap: .75rem; margin-top: 1.5rem; }
button { background: transparent; border: 1px solid var(--quiet); border-radius: .25rem; color: inherit; cursor: pointer; font: inherit; padding: .5rem 1.25rem; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[role=alert] { background: var(--wrong-ground); border-left: .25rem solid var(--wrong); margin: 1rem 0 0; padding: .5rem .75rem; }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? "");

const page = (content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Cynosure</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="from">Cynosure</p>
${content}
</main>
</body>
</html>
`;

export interface FormState {
  readonly action: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly trouble: { readonly text: string; readonly field: "user_code" | "client_id" | "client_secret" } | null;
}

/** Where the person goes on: at what is wrong, else at the first field that is still empty. */
function fieldToFill({ userCode, clientId, trouble }: FormState): string {
  if (trouble !== null) return trouble.field;
  return userCode === "" ? "user_code" : clientId === "" ? "client_id" : "client_secret";
}

export function renderForm(state: FormState): string {
  const { action, userCode, clientId, trouble } = state;
  const alert = trouble === null ? "" : `<p role="alert">${escape(trouble.text)}</p>\n`;
  const focus = fieldToFill(state);
  const field = (name: string, attributes: string): string => `<input id="${name}" name="${name}" ${attributes} spellcheck="false" autocapitalize="off"${name === focus ? " autofocus" : ""} required>`;
  return page(`<h1>Let a program act for you</h1>
<p>Go on only if you started this sign-in yourself: the program that shows the code will act in your name.</p>
${alert}<form method="post" action="${escape(action)}" autocomplete="off">
<label for="user_code">Code</label>
${field("user_code", `class="code" value="${escape(userCode)}" maxlength="20" aria-describedby="about_code"`)}
<p class="hint" id="about_code">It must be the one that the program shows now.</p>
<label for="client_id">Your client id</label>
${field("client_id", `class="id" value="${escape(clientId)}" maxlength="200"`)}
<label for="client_secret">Your secret</label>
${field("client_secret", `class="id" type="password" maxlength="512" aria-describedby="about_secret"`)}
<p class="hint" id="about_secret">You were given both when your principal was made.</p>
<div class="actions">
<button class="main" name="decision" value="sign-in">Sign in</button>
<button name="decision" value="refuse" formnovalidate>Refuse</button>
</div>
</form>`);
}

export const renderDone = (title: string, text: string): string => page(`<h1>${escape(title)}</h1>\n<p>${escape(text)}</p>`);

interface Told {
  readonly status: number;
  /** The end; null when the form is shown again. */
  readonly done: { readonly title: string; readonly text: string } | null;
  readonly trouble: FormState["trouble"];
}

/** What the person is told, and with which status. */
export function describeOutcome(outcome: PersonOutcome): Told {
  const end = (status: number, title: string, text: string): Told => ({ status, done: { title, text }, trouble: null });
  const again = (status: number, field: "user_code" | "client_id" | "client_secret", text: string): Told => ({ status, done: null, trouble: { field, text } });
  switch (outcome.kind) {
    case "signedIn":
      return end(200, "You are signed in", `The program now acts as ${outcome.displayName}. You can close this page.`);
    case "refused":
      return end(200, "Refused", "The program was told that you refused. You can close this page.");
    case "wrongCode":
      return again(400, "user_code", "There is no such code, or it is over. Check it, or start the sign-in again.");
    case "wrongSecret":
      return again(403, "client_secret", "The client id or the secret is wrong.");
    case "notAPerson":
      return again(403, "client_id", `${outcome.displayName} is a program. Programs sign in with client credentials; only a principal of kind User signs in here.`);
    case "tooManyAttempts":
      return end(429, "Too many attempts", "Too many wrong secrets were given for this code, so it is over. Start the sign-in again in the program.");
    case "busy":
      return again(429, "client_secret", "Too many sign-ins at once. Try again in a minute.");
  }
}
