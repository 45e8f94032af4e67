import type { HeldBody } from "./held-body.ts";

/** A request that does not go on before something else was decided. */
export interface Waiting {
  /** Takes the body, plain, when somebody is to see it; otherwise none of it is read. */
  readonly body: HeldBody | undefined;
  /** The body is there as a whole. */
  onBody(): void;
  /** Does what was decided; called by the side that the request came from, once it is ready for that. */
  proceed(): void;
  /** The client is gone, or was answered. */
  cancel(): void;
}
