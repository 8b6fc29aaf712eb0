// The page where a person enters a device code: plain HTML from the server, no script, and a policy under
// which a browser would run none. Everything shown is escaped.
import { createHash } from "node:crypto";
import type { PersonOutcome } from "./device-sign-in.ts";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 4rem auto; max-width: 26rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { box-sizing: border-box; font: inherit; padding: .5rem; width: 100%; }
.code { font-family: ui-monospace, monospace; letter-spacing: .15em; text-transform: uppercase; }
.actions { display: flex; gap: .5rem; margin-top: 1.5rem; }
button { font: inherit; padding: .5rem 1rem; }
[role=alert] { border-left: .25rem solid #b3261e; padding-left: .75rem; }
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
${content}
</main>
</body>
</html>
`;

export interface FormState {
  readonly action: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly trouble: string | null;
}

export function renderForm({ action, userCode, clientId, trouble }: FormState): string {
  const alert = trouble === null ? "" : `<p role="alert">${escape(trouble)}</p>\n`;
  return page(`<h1>Sign in a program</h1>
<p>Go on only if you started this sign-in yourself: the program that shows the code will act in your name.</p>
${alert}<form method="post" action="${escape(action)}" autocomplete="off">
<label for="user_code">Code</label>
<input class="code" id="user_code" name="user_code" value="${escape(userCode)}" maxlength="20" required>
<label for="client_id">Your client id</label>
<input id="client_id" name="client_id" value="${escape(clientId)}" maxlength="200">
<label for="client_secret">Your secret</label>
<input id="client_secret" name="client_secret" type="password" maxlength="512">
<div class="actions">
<button name="decision" value="sign-in">Sign in</button>
<button name="decision" value="refuse">Refuse</button>
</div>
</form>`);
}

export const renderDone = (title: string, text: string): string => page(`<h1>${escape(title)}</h1>\n<p>${escape(text)}</p>`);

/** What the person is told, and with which status. */
export function describeOutcome(outcome: PersonOutcome): { readonly status: number; readonly done: { readonly title: string; readonly text: string } | null; readonly trouble: string | null } {
  const again = (status: number, trouble: string) => ({ status, done: null, trouble });
  switch (outcome.kind) {
    case "signedIn":
      return { status: 200, done: { title: "You are signed in", text: `The program now acts as ${outcome.displayName}. You can close this page.` }, trouble: null };
    case "refused":
      return { status: 200, done: { title: "Refused", text: "The program was told that you refused. You can close this page." }, trouble: null };
    case "wrongCode":
      return again(400, "There is no such code, or it is over. Check it, or start the sign-in again.");
    case "wrongSecret":
      return again(403, "The client id or the secret is wrong.");
    case "notAPerson":
      return again(403, `${outcome.displayName} is a program. Programs sign in with client credentials; only a principal of kind User signs in here.`);
    case "tooManyAttempts":
      return again(429, "Too many attempts for this code. Start the sign-in again.");
    case "busy":
      return again(429, "Too many sign-ins at once. Try again in a minute.");
  }
}
