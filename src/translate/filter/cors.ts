import type { HTTPCORSFilter } from "../../resources/gateway/cors.ts";
import type { FilterResult } from "./filter.ts";

export function translateCORS(spec: HTTPCORSFilter): FilterResult {
  const { allowOrigins, allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge } = spec;
  return {
    filter: {
      type: "CORS",
      origins: (allowOrigins ?? []).map((origin) => origin.toLowerCase()),
      credentials: allowCredentials ?? false,
      methods: allowMethods ?? [],
      headers: allowHeaders ?? [],
      exposedHeaders: exposeHeaders ?? [],
      maxAge,
    },
  };
}
