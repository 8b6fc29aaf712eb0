// Cloud metadata as each generation of client tools asks for it, before anybody has signed in (§19).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServedFrontDoor } from "./testkit/served-front-door.ts";
import type { ServedFrontDoor } from "./testkit/served-front-door.ts";

let door: ServedFrontDoor;

beforeAll(async () => {
  door = await openServedFrontDoor();
});
afterAll(() => door.close());

const ask = async (version: string): Promise<unknown> => {
  const reply = await door.send(`/metadata/endpoints${version === "" ? "" : `?api-version=${version}`}`, { headers: { authorization: "" } });
  expect(reply.status).toBe(200);
  return reply.body;
};

describe("cloud metadata", () => {
  it.each(["2015-01-01", "2018-05-01", ""])("§19: asked with api-version '%s' (azure-cli 2.45) it is one cloud under the old names", async (version) => {
    expect(await ask(version)).toMatchObject({ galleryEndpoint: door.baseUrl, graphEndpoint: door.baseUrl, authentication: { loginEndpoint: `${door.baseUrl}/adfs`, audiences: [`${door.baseUrl}/`] } });
  });
  it.each(["2019-05-01", "2020-06-01"])("§19: asked with api-version %s it is a list of clouds, as ARM_CLOUD_METADATA_URL has it", async (version) => {
    expect(await ask(version)).toMatchObject([{ name: "Cynosure", resourceManager: `${door.baseUrl}/`, authentication: { loginEndpoint: `${door.baseUrl}/adfs` }, suffixes: {} }]);
  });
  it.each(["2022-09-01", "2023-11-01"])("§19: asked with api-version %s (azure-cli since 2.51, Terraform) it is one cloud, no list", async (version) => {
    expect(await ask(version)).toMatchObject({ name: "Cynosure", portal: door.baseUrl, resourceManager: `${door.baseUrl}/`, graphAudience: door.baseUrl, microsoftGraphResourceId: door.baseUrl, authentication: { loginEndpoint: `${door.baseUrl}/adfs`, audiences: [`${door.baseUrl}/`] }, suffixes: {} });
  });
  it("§19: az account: one tenant, as tenants are listed", async () => {
    expect((await door.send("/tenants?api-version=2019-11-01")).body.value).toMatchObject([{ tenantId: "00000000-0000-4000-8000-0000000000aa", tenantCategory: "Home" }]);
  });
});
