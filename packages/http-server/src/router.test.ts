import { describe, expect, it } from "vitest";
import { Router } from "./router.ts";

const router = new Router([
  { method: "GET", path: "/pages", name: "root" },
  { method: "GET", path: "/pages/{*path}", name: "rest" },
  { method: "HEAD", path: "/pages/{*path}", name: "head" },
  { method: "GET", path: "/pages/session", name: "session" },
  { method: "POST", path: "/pages/session", name: "sign in" },
  { method: "GET", path: "/pages/{one}/fixed", name: "fixed" },
]);
const found = (method: string, path: string): unknown => {
  const match = router.match(method, path.split("/").filter((word) => word !== ""));
  return match.kind === "found" ? [match.route.name, match.params] : match.kind === "otherMethod" ? match.allowed : null;
};

describe("a path that takes the rest", () => {
  it("takes all words that are left, one at least, as they were written", () => {
    expect([found("GET", "/pages/a"), found("GET", "/Pages/A/b/C.js"), found("GET", "/pages")]).toEqual([["rest", { path: "a" }], ["rest", { path: "A/b/C.js" }], ["root", {}]]);
  });

  it("gives way to every path that says more", () => {
    expect([found("GET", "/pages/session"), found("POST", "/pages/session"), found("GET", "/pages/x/fixed"), found("GET", "/pages/x/fixed/y")]).toEqual([["session", {}], ["sign in", {}], ["fixed", { one: "x" }], ["rest", { path: "x/fixed/y" }]]);
  });

  it("is found only where its route has the words, by any method that has them", () => {
    const isEven = (rest: readonly string[]): boolean => rest.length % 2 === 0;
    const startsWithV = ([first = ""]: readonly string[]): boolean => first.startsWith("v");
    const picky = new Router([
      { method: "GET", path: "/c/{name}/{*rest}", takesRest: startsWithV },
      { method: "PUT", path: "/c/{name}/{*rest}", takesRest: (rest) => startsWithV(rest) && isEven(rest) },
      { method: "POST", path: "/c/{name}/views" },
    ]);
    const asked = (method: string, path: string): unknown => {
      const match = picky.match(method, path.split("/").filter((word) => word !== ""));
      return match.kind === "found" ? match.params : match.kind === "otherMethod" ? match.allowed : null;
    };
    expect([asked("GET", "/c/x/vA"), asked("PUT", "/c/x/vA/b"), asked("PUT", "/c/x/vA")]).toEqual([{ name: "x", rest: "vA" }, { name: "x", rest: "vA/b" }, ["GET"]]);
    expect([asked("GET", "/c/x/other"), asked("DELETE", "/c/x/other"), asked("GET", "/c/x/views"), asked("DELETE", "/c/x/views")]).toEqual([null, null, { name: "x", rest: "views" }, ["GET", "POST"]]);
  });

  it("answers the methods the fuller path has not, and names all that are allowed", () => {
    expect([found("HEAD", "/pages/session"), found("PUT", "/pages/session"), found("PUT", "/pages/x")]).toEqual([["head", { path: "session" }], ["GET", "HEAD", "POST"], ["GET", "HEAD"]]);
    expect(found("GET", "/other")).toBeNull();
  });
});
