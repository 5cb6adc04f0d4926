import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { PolyglotService } from "@polyglot/contracts/service";
import { explain } from "./api-failure.ts";
import type { Endpoint } from "./endpoint.ts";

export type PolyglotClient = Client<typeof PolyglotService>;

/** Milliseconds that an answer may take where the method itself does not wait for something. */
export const callTimeoutMs = 30_000;

/** A connection to a controller. Failures of its methods come out as `Failure`. */
export class ApiClient {
  readonly call: PolyglotClient;
  readonly #session: Http2SessionManager;

  constructor(endpoint: Endpoint) {
    const tls = endpoint.ca === undefined ? {} : { ca: endpoint.ca };
    this.#session = new Http2SessionManager(endpoint.url, {}, tls);
    const transport = createConnectTransport({
      httpVersion: "2",
      baseUrl: endpoint.url,
      sessionManager: this.#session,
      interceptors: [authorise(endpoint)],
    });
    this.call = createClient(PolyglotService, transport);
  }

  /** An open connection would keep the process alive. */
  close(): void {
    this.#session.abort();
  }
}

/** Opens a connection for one piece of work. */
export async function withClient<T>(endpoint: Endpoint, work: (call: PolyglotClient) => Promise<T>): Promise<T> {
  const client = new ApiClient(endpoint);
  try {
    return await work(client.call);
  } catch (error) {
    throw explain(error, endpoint);
  } finally {
    client.close();
  }
}

function authorise(endpoint: Endpoint): Interceptor {
  return (next) => (request) => {
    request.header.set("authorization", `Bearer ${endpoint.token}`);
    return next(request);
  };
}
