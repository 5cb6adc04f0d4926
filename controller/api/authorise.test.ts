import { AgentService, PolyglotService } from "@polyglot/contracts/service";
import { expect, test } from "vitest";
import { requirementOf, routesOf } from "./authorise.ts";

test("every method declares who may call it", () => {
  for (const route of [...routesOf(PolyglotService), ...routesOf(AgentService)]) {
    expect(() => requirementOf(route)).not.toThrow();
  }
});

test("a route that declares nothing is an error, whatever its name", () => {
  for (const route of ["polyglot.v1.PolyglotService/Forgotten", "/debug", "constructor", "__proto__"]) {
    expect(() => requirementOf(route)).toThrow(`the route '${route}' declares no authorisation`);
  }
});

test("only probes and joining take no credentials", () => {
  const open = [...routesOf(PolyglotService), ...routesOf(AgentService), "/healthz", "/readyz", "/metrics"].filter(
    (route) => !["role", "agent"].includes(requirementOf(route).kind),
  );
  expect(open).toEqual(["polyglot.v1.AgentService/Join", "/healthz", "/readyz"]);
});
