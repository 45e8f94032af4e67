import assert from "node:assert/strict";
import { test } from "node:test";
import { Kubectl } from "./kit/kubectl.ts";
import { shop } from "./kit/manifests.ts";

test("an invalid route is refused with every place, what stands there and what is allowed", async (context) => {
  const kubectl = await Kubectl.open(context);
  const refusal = await kubectl.refused(
    "apply -f -",
    `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: bad }
spec:
  hostnames: [UPPER.example]
  rules:
  - matches: [{ path: { type: Prefix, value: /x }, method: FETCH }]
    filters: [{ type: RequestRedirect, requestRedirect: { statusCode: 200 } }]
`,
  );
  assert.match(refusal, /The HTTPRoute "bad" is invalid/);
  assert.match(refusal, /spec\.hostnames\[0\]: Invalid value: "UPPER\.example"/);
  assert.match(
    refusal,
    /spec\.rules\[0\]\.matches\[0\]\.path\.type: Unsupported value: "Prefix".*PathPrefix/,
  );
  assert.match(refusal, /spec\.rules\[0\]\.matches\[0\]\.method: Unsupported value: "FETCH".*GET/);
  assert.match(refusal, /spec\.rules\[0\]\.filters\[0\]\.requestRedirect\.statusCode.*301/);
});

const X = "gateway.networking.x-k8s.io/v1alpha1";
const retired: readonly (readonly [apiVersion: string, kind: string, spec: string, current: RegExp])[] = [
  [X, "CORSPolicy", "{ allowOrigins: ['https://a.example'] }", /filter of type CORS in the HTTPRoute/],
  [
    X,
    "XListenerSet",
    "{ listeners: [{ name: a, port: 80, protocol: HTTP }] }",
    /ListenerSet of gateway\.networking\.k8s\.io\/v1/,
  ],
  [X, "HTTPRoute", "{}", /served as gateway\.networking\.k8s\.io\/v1/],
  [X, "InferencePool", "{}", /InferencePool of inference\.networking\.k8s\.io\/v1/],
  [
    "inference.networking.x-k8s.io/v1alpha2",
    "InferencePool",
    "{}",
    /InferencePool of inference\.networking\.k8s\.io\/v1/,
  ],
  ["inference.networking.x-k8s.io/v1alpha2", "InferenceModel", "{}", /weights in an HTTPRoute/],
  [
    "gateway.networking.k8s.io/v1alpha2",
    "ReferencePolicy",
    "{}",
    /ReferenceGrant of gateway\.networking\.k8s\.io\/v1/,
  ],
  ["gateway.networking.k8s.io/v1alpha2", "Gateway", "{}", /served as gateway\.networking\.k8s\.io\/v1/],
  [
    X,
    "XBackendTrafficPolicy",
    "{ targetRefs: [{ group: '', kind: Service, name: a }], retry: { budget: { percentage: 20 } } }",
    /retryConstraint\.budget/,
  ],
];

test("earlier forms are refused with the current one", async (context) => {
  const kubectl = await Kubectl.open(context);
  for (const [apiVersion, kind, spec, current] of retired) {
    const yaml = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: old }\nspec: ${spec}\n`;
    assert.match(await kubectl.refused("apply -f -", yaml), current, kind);
    assert.match(await kubectl.refused("apply --server-side -f -", yaml), current, kind);
  }
  assert.match(
    await kubectl.refused("get xlistenersets"),
    /NotFound.*ListenerSet of gateway\.networking\.k8s\.io\/v1/,
  );
  await kubectl.apply(shop.httpRoute);
  assert.equal(
    await kubectl.ok("get httproutes,inferencepools,gateways -o name"),
    "httproute.gateway.networking.k8s.io/shop\n",
  );
});
