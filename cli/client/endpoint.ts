/** Where a controller is reached, and as whom. */
export interface Endpoint {
  readonly url: string;
  /** PEM of the authority that signed the controller's certificate; undefined: the authorities of the system. */
  readonly ca?: string;
  readonly token: string;
  /** Where this was found, for messages. */
  readonly origin: string;
}
