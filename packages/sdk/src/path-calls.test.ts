// Calls by path against a scripted server: what the contract does not list is asked for with the same care as what it does.
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";
import { describe, expect, it } from "vitest";
import { CynosureClient } from "./index.ts";

const endpoint = "https://127.0.0.1:8443";
const subscriptionId = "00000000-0000-4000-8000-000000000001";
const views = ["resourceGroups", "quickstart", "providers", "Cynosure.Storage", "clusters", "west", "vastViews"];
const url = `${endpoint}/subscriptions/${subscriptionId}/${views.join("/")}`;
const status = `${endpoint}/subscriptions/${subscriptionId}/providers/Cynosure.Storage/locations/local/operationStatuses/op-1?api-version=2026-12-01`;

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text?: string;
}

function scripted(answers: readonly Answer[]): { readonly client: CynosureClient; readonly sent: PipelineRequest[] } {
  const sent: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    sendRequest: (request) => {
      const answer = answers[sent.length];
      sent.push(request);
      if (answer === undefined) throw new Error(`unexpected request ${request.method} ${request.url}`);
      return Promise.resolve({ request, status: answer.status, headers: createHttpHeaders({ "content-type": "application/json", ...answer.headers }), bodyAsText: answer.text ?? "" });
    },
  };
  const credential = { getToken: () => Promise.resolve({ token: "t", expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return { sent, client: new CynosureClient({ endpoint, subscriptionId, credential, httpClient, pollingIntervalMs: 1, retryOptions: { maxRetries: 0 } }) };
}

describe("a call by path", () => {
  it("escapes every word, keeps the order of its query and asks at the clusters' version", async () => {
    const { client, sent } = scripted([{ status: 200, text: '{"name":"a/b"}' }]);
    expect(await client.callPath({ method: "GET", words: [...views, "a/b"], query: [["x", "1"], ["x", "2"]] })).toEqual({ name: "a/b" });
    expect(sent[0]?.url).toBe(`${url}/a%2Fb?api-version=2026-12-01&x=1&x=2`);
  });

  it("answers text that is no JSON as it is", async () => {
    const { client } = scripted([{ status: 200, headers: { "content-type": "text/plain" }, text: "x 1\n" }]);
    expect(await client.callPath({ method: "POST", words: [...views, "metrics"], body: {} })).toBe("x 1\n");
  });

  it.each(["", ".", ".."])("never sends the word %j, which would be another path", async (word) => {
    const { client, sent } = scripted([]);
    await expect(client.callPath({ method: "DELETE", words: [...views, word] })).rejects.toMatchObject({ code: "InvalidParameter" });
    expect(sent).toEqual([]);
  });

  it("of a list follows its links, and none to another server", async () => {
    const { client } = scripted([{ status: 200, text: JSON.stringify({ value: [1], nextLink: `${url}?$skipToken=2` }) }, { status: 200, text: JSON.stringify({ value: [2], nextLink: "https://elsewhere.example/" }) }]);
    const found: unknown[] = [];
    await expect((async () => {
      for await (const item of client.listPath({ method: "GET", words: views })) found.push(item);
    })()).rejects.toMatchObject({ code: "ForeignLink" });
    expect(found).toEqual([1, 2]);
  });

  it("of a write that goes on is polled to its end, with what a success left undone", async () => {
    const { client, sent } = scripted([
      { status: 201, headers: { "azure-asyncoperation": status, "retry-after": "0" }, text: '{"name":"a"}' },
      { status: 200, text: '{"status":"Succeeded","percentComplete":100,"properties":{"warnings":["one was left out"]}}' },
      { status: 200, text: '{"name":"a","properties":{}}' },
    ]);
    const poller = client.beginPath({ method: "PUT", words: [...views, "a"], body: { properties: {} } });
    expect(await poller.pollUntilDone()).toEqual({ name: "a", properties: {} });
    expect(poller.operationState?.warnings).toEqual(["one was left out"]);
    expect(sent.map(({ method }) => method)).toEqual(["PUT", "GET", "GET"]);
  });
});
