import type { ServiceAccountTokens } from "./auth/service-account-tokens.ts";
import { Discovery } from "./discovery/discovery.ts";
import { jsonDocument, type Document } from "./discovery/document.ts";
import { OpenApi, urlOf } from "./openapi/documents.ts";
import type { Registry } from "./registry.ts";

export interface ServerPlace {
  readonly hostPort: string;
  readonly url: string;
}

type Find = (path: string, accept: string | undefined, query: URLSearchParams) => Document | undefined;

/** Everything that is a document and no object: discovery, OpenAPI, the keys of tokens, the root. */
export function documentsOf(registry: Registry, tokens: ServiceAccountTokens, place: ServerPlace): Find {
  const discovery = new Discovery(registry, place.hostPort);
  const openApi = new OpenApi(registry);
  return (path, accept, query) => {
    switch (path) {
      case "/":
        return jsonDocument({ paths: rootPaths(registry) });
      case "/openapi/v2":
        return openApi.v2(accept);
      case "/openapi/v3":
        return openApi.index();
      case "/openid/v1/jwks":
        return jsonDocument(tokens.keySet, "application/jwk-set+json");
      case "/.well-known/openid-configuration":
        return jsonDocument(tokens.openidConfiguration(`${place.url}/openid/v1/jwks`));
    }
    const prefix = "/openapi/v3/";
    if (path.startsWith(prefix)) return hashed(openApi, path.slice(prefix.length), accept, query.get("hash"));
    return discovery.find(path, accept);
  };
}

/** A document by the hash of its content: for good when that is right, elsewhere when it is not. */
function hashed(
  openApi: OpenApi,
  path: string,
  accept: string | undefined,
  hash: string | null,
): Document | undefined {
  const document = openApi.v3(path, accept);
  if (document === undefined || hash === null) return document;
  return hash === document.hash
    ? { ...document, immutable: true }
    : { ...document, location: urlOf(path, document) };
}

function rootPaths(registry: Registry): readonly string[] {
  const paths = new Set(["/.well-known/openid-configuration", "/api", "/apis", "/healthz", "/livez"]);
  for (const kind of registry.kinds) {
    const root = kind.group === "" ? "/api" : `/apis/${kind.group}`;
    paths.add(root);
    for (const { name, served } of kind.versions) if (served) paths.add(`${root}/${name}`);
  }
  for (const path of ["/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version"])
    paths.add(path);
  return [...paths].toSorted();
}
