// One rule says what is a secret, in answers and in messages.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildCatalogue } from "@cynosure/projection";
import type { ProjectedType } from "@cynosure/projection";
import { toResource } from "./envelope.ts";
import { nativeError } from "./native-error.ts";
import { secretValues } from "./secrets.ts";

const typeOf = (secretFields: readonly string[]): ProjectedType => ({ armType: "vastViews", secretFields }) as unknown as ProjectedType; // all that is looked at
const names = ["password", "bindpw", "admin_passwd", "password_retype", "secret_key", "private_key", "client_key", "intermediate_key", "api_key", "cloud_api_key", "new_passphrase", "token", "sts_token", "adminPassword", "PIN"];
const others = ["name", "access_key", "password_expiration", "secret_engine", "nextContinuationToken"];

describe("a secret", () => {
  it.each(["itself", "inside another property", "in a list"])("is hidden from answers and from messages alike when it stands %s", (where) => {
    const type = typeOf(["PIN"]);
    const own = Object.fromEntries([...names, ...others].map((name) => [name, `value of ${name}`]));
    const row = where === "itself" ? own : { config: where === "in a list" ? [{ own }] : own };
    // What a type alone calls a secret is one of its own properties.
    const hidden = where === "itself" ? names : names.filter((name) => name !== "PIN");
    const text = JSON.stringify(toResource({ cluster: { key: "/c" as never, id: "/c", location: "local" }, type, parents: [] }, "n", "1", structuredClone(row)));
    expect(names.filter((name) => !text.includes(`"value of ${name}"`))).toEqual(hidden);
    expect(others.filter((name) => !text.includes(`"value of ${name}"`))).toEqual([]);
    expect(secretValues(type, row).toSorted()).toEqual(hidden.map((name) => `value of ${name}`).toSorted());
  });

  it("is text: flags and numbers that tell of one are none", () => {
    expect(secretValues(typeOf([]), { password: true, token: 7, secret: null, is_temporary_password: false })).toEqual([]);
    expect(secretValues(null, { secret: "s" })).toEqual(["s"]);
  });

  it("that begins with another one is hidden whole", () => {
    const secrets = secretValues(null, { old_password: "word", new_password: "word-17", password: "word" });
    expect(secrets).toEqual(["word-17", "word"]);
    expect(nativeError("vast", { method: "POST", path: "/x/" }, { status: 400, body: { detail: "'word-17' is like 'word'" } }, secrets).message).toContain("'***' is like '***'");
  });

  it("is every field that an engine's document calls so", () => {
    for (const engine of ["vast", "ceph"] as const) {
      const { types } = buildCatalogue(engine, JSON.parse(readFileSync(new URL(import.meta.resolve(`@cynosure/projection/documents/${engine}.json`)), "utf8")));
      const told = types.flatMap((type) => type.secretFields.map((name) => [type.armType, name, secretValues(null, { [name]: "v" })]));
      expect(told.length).toBeGreaterThan(5);
      expect(told.filter(([, , values]) => values?.length !== 1)).toEqual([]);
    }
  });
});
