import type { Seeder } from "./seed.ts";

const NAMESPACE = "kube-system";

/** ConfigMaps in which components of Kubernetes look for facts about their API server. */
export function seedSystemMaps(seeder: Seeder, ca: string): void {
  // Where servers that delegate authentication to this one read whose certificates it believes.
  seeder.add("", "configmaps", {
    metadata: { name: "extension-apiserver-authentication", namespace: NAMESPACE },
    data: {
      "client-ca-file": ca,
      "requestheader-client-ca-file": ca,
      "requestheader-allowed-names": '["front-proxy-client"]',
      "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
      "requestheader-group-headers": '["X-Remote-Group"]',
      "requestheader-username-headers": '["X-Remote-User"]',
    },
  });
  // Tokens in Secrets were never given out here without the API server's noticing.
  seeder.add("", "configmaps", {
    metadata: { name: "kube-apiserver-legacy-service-account-token-tracking", namespace: NAMESPACE },
    data: { since: "2026-01-01" },
  });
}
