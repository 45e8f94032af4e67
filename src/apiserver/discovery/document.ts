import { createHash } from "node:crypto";

/** A document as it is sent, whole; `etag` with its quotes. */
export interface Document {
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
  /** What is at this URL never changes: other content has another one. */
  readonly immutable?: true;
  /** Where the client belongs, if not here. */
  readonly location?: string;
}

export function jsonDocument(value: unknown, contentType = "application/json"): Document {
  return documentOf(Buffer.from(JSON.stringify(value)), contentType);
}

export function documentOf(body: Buffer, contentType: string): Document {
  return { body, contentType, etag: `"${hashOf(body)}"` };
}

/** Short enough for URLs; it tells versions of one document apart and guards nothing. */
export function hashOf(body: Buffer | string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 32).toUpperCase();
}

/** Documents made from a registry, kept until the registry changes. */
export class DocumentCache {
  private readonly registry: { readonly generation: number };
  private readonly documents = new Map<string, unknown>();
  private generation = -1;

  constructor(registry: { readonly generation: number }) {
    this.registry = registry;
  }

  get<Made>(key: string, make: () => Made): Made {
    if (this.generation !== this.registry.generation) {
      this.documents.clear();
      this.generation = this.registry.generation;
    }
    if (!this.documents.has(key)) this.documents.set(key, make());
    return this.documents.get(key) as Made;
  }
}
