// `npm run mock -w @cynosure/portal`: the built portal over the mock, until it is stopped.
import { signInCode, startMockServer } from "./mock-server.ts";

const { url } = await startMockServer(Number(process.env["PORT"] ?? "0"));
console.log(`Portal over the mock: ${url}/portal/sign-in#code=${signInCode}`);
