import { createServer, type AddressInfo, connect } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { AddressPolicy } from "./address-policy.ts";
import { AddressRefused, guardedLookup, GuardedSocket } from "./guarded-socket.ts";

/** A name server under an attacker's control: another address each time. */
function rebinding(...addresses: string[]) {
  const asked: string[] = [];
  const lookup = guardedLookup(new AddressPolicy(["127.0.0.1"]), (host, _options, answer) => {
    asked.push(host);
    answer(null, [{ address: addresses[asked.length - 1] ?? "127.0.0.2", family: 4 }]);
  });
  return { asked, lookup };
}

async function listen() {
  const server = createServer((socket) => socket.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

test("a connection goes to the one address that was judged, whatever the name means a moment later", async () => {
  const { server, port } = await listen();
  const { asked, lookup } = rebinding("127.0.0.1", "127.0.0.2");
  const socket = connect({ host: "rebinding.example", port, lookup });
  await once(socket, "connect");
  expect(socket.remoteAddress).toBe("127.0.0.1");
  expect(asked).toEqual(["rebinding.example"]);
  socket.destroy();
  server.close();
});

test("a name that means a refused address is refused with the address", async () => {
  const { lookup } = rebinding("127.0.0.3");
  const socket = connect({ host: "inner.example", port: 1, lookup });
  const [error] = (await once(socket, "error").catch((thrown: unknown) => [thrown])) as [Error];
  expect(error).toBeInstanceOf(AddressRefused);
  expect(error.message).toContain("'inner.example' (127.0.0.3) is an address of this host itself");
});

test("of several addresses the allowed ones are taken", async () => {
  const { server, port } = await listen();
  const lookup = guardedLookup(new AddressPolicy(["127.0.0.1"]), (_host, _options, answer) =>
    answer(null, [
      { address: "127.0.0.2", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ]),
  );
  const socket = connect({ host: "both.example", port, lookup });
  await once(socket, "connect");
  expect(socket.remoteAddress).toBe("127.0.0.1");
  socket.destroy();
  server.close();
});

test.each([
  [{ port: 1, host: "127.0.0.1" }, "'127.0.0.1' is an address of this host itself"],
  [{ port: 1, host: "localhost" }, "'localhost' ("],
  [{ port: 1, host: "0x7f.1" }, "'0x7f.1' (127.0.0.1) is an address of this host itself"],
  [{ port: "/run/database.sock", host: undefined }, "'/run/database.sock' is a socket of this host itself"],
])("a socket does not connect to %j", async ({ port, host }, message) => {
  const socket = new GuardedSocket(new AddressPolicy([])).connectTo(port, host);
  const [error] = (await once(socket, "error").catch((thrown: unknown) => [thrown])) as [Error];
  expect(error.message).toContain(message);
});
