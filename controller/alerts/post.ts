/** One POST to an address that was judged: the name is resolved once, redirects are not followed. */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { AddressPolicy } from "@polyglot/service/address-policy";
import { checkHost, guardedLookup } from "@polyglot/service/guarded-socket";

const limits = { answerMs: 10_000, answerBytes: 4_096 } as const;

/** Rejects unless the answer is 2xx. */
export function post(
  url: string,
  policy: AddressPolicy,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<void> {
  const target = new URL(url);
  checkHost(target.hostname, policy);
  const request = target.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(target, {
      method: "POST",
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      lookup: guardedLookup(policy),
      agent: false,
      signal: AbortSignal.timeout(limits.answerMs),
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      const status = response.statusCode ?? 0;
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += text.length < limits.answerBytes ? chunk : ""));
      response.on("error", reject);
      response.on("end", () => {
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`the answer was ${status}: ${text.slice(0, 200)}`));
      });
    });
    outgoing.end(body);
  });
}
