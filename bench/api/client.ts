import { Agent, request } from "node:https";

/** How to reach an API server. */
export interface Address {
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly token: string;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Media type of a body. */
export const types = {
  json: "application/json",
  merge: "application/merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One keep-alive connection. */
export class Client {
  private readonly address: Address;
  private readonly agent: Agent;

  constructor(address: Address) {
    this.address = address;
    this.agent = new Agent({ keepAlive: true, maxSockets: 1, ca: address.ca });
  }

  /** Rejects unless the answer is a 2xx. */
  async call(method: Method, path: string, text = "", type: string = types.json): Promise<Buffer> {
    const { status, body } = await this.ask(method, path, text, type);
    if (status >= 200 && status < 300) return body;
    throw new Error(`${method} ${path} answers ${status}: ${body.toString().slice(0, 500)}`);
  }

  ask(method: Method, path: string, text = "", type: string = types.json): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const headers = {
      authorization: `Bearer ${this.address.token}`,
      "user-agent": "bench",
      ...(text !== "" && { "content-type": type, "content-length": Buffer.byteLength(text) }),
    };
    const sent = request(this.address.url + path, { method, agent: this.agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    sent.on("error", reject);
    sent.end(text);
    return promise;
  }

  close(): void {
    this.agent.destroy();
  }
}
