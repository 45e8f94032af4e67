import assert from "node:assert/strict";
import { test } from "node:test";
import { OptionError, readOptions, type RawOptions } from "./options.ts";

const ownApi = { home: "own", listen: { host: "127.0.0.1", port: 0 } };

test("without options every default holds", () => {
  const { workers, ...rest } = readOptions({});
  assert.ok(workers >= 1);
  assert.deepEqual(rest, {
    echo: false,
    backends: [],
    output: "text",
    portOffset: "auto",
    follow: true,
    api: ownApi,
  });
});

test("every option is read", () => {
  assert.deepEqual(
    readOptions({
      echo: true,
      backend: ["shop/api:8080=localhost:3000", "shop/web:80=[::1]:3001"],
      address: "127.0.0.1",
      workers: "3",
      output: "json",
      portOffset: "8000",
      follow: false,
      dataDir: "data",
      kubeconfigOut: "kubeconfig.yaml",
      apiListen: "[::1]:6443",
    }),
    {
      echo: true,
      backends: [
        { namespace: "shop", service: "api", servicePort: 8080, host: "localhost", port: 3000 },
        { namespace: "shop", service: "web", servicePort: 80, host: "::1", port: 3001 },
      ],
      address: "127.0.0.1",
      workers: 3,
      output: "json",
      portOffset: 8000,
      follow: false,
      api: {
        home: "own",
        listen: { host: "::1", port: 6443 },
        dataDir: "data",
        kubeconfigOut: "kubeconfig.yaml",
      },
    },
  );
});

test("with --kubeconfig the resources are those of a cluster", () => {
  const { api } = readOptions({ kubeconfig: "~/.kube/config", context: "staging" });
  assert.deepEqual(api, { home: "cluster", kubeconfig: "~/.kube/config", context: "staging" });
  const way = readOptions({ kubeconfig: "k", clusterAddress: "10.0.0.7" });
  assert.deepEqual(way.api, { home: "cluster", kubeconfig: "k", address: "10.0.0.7" });
  assert.equal(readOptions({ address: "0:0:0:0:0:0:0:1" }).address, "::1");
});

const wrong: readonly [RawOptions, RegExp][] = [
  [{ clusterAddress: "10.0.0.7" }, /^--cluster-address is about the cluster of --kubeconfig/],
  [
    { kubeconfig: "k", clusterAddress: "node" },
    /^--cluster-address "node" is not allowed[.] Allowed: an IP address/,
  ],
  [{ kubeconfig: "k", clusterAddress: "0.0.0.0" }, /^--cluster-address "0[.]0[.]0[.]0" is not allowed/],
  [{ kubeconfig: "k", clusterAddress: "::" }, /^--cluster-address "::" is not allowed/],
  [{ trustedProxies: "10.0.0.0/33" }, /--trusted-proxies "10\.0\.0\.0\/33".*ranges such as/],
  [{ trustedProxies: "10.0.0.0/8,everybody" }, /"everybody"/],
  [{ trustedProxies: "10.0.0.0/8/8" }, /"10\.0\.0\.0\/8\/8"/],
  [{ trustedProxies: "2001:db8::/129" }, /129/],
  [{ workers: "0" }, /--workers "0".*from 1 to 256/],
  [{ workers: "two" }, /--workers "two".*from 1 to 256/],
  [{ workers: "257" }, /from 1 to 256/],
  [{ workers: "1.5" }, /from 1 to 256/],
  [{ workers: "-1" }, /from 1 to 256/],
  [{ output: "yaml" }, /--output "yaml".*text or json/],
  [{ portOffset: "-1" }, /--port-offset "-1".*auto or a whole number from 0 to 64512/],
  [{ portOffset: "64513" }, /from 0 to 64512/],
  [{ address: "localhost" }, /--address "localhost".*IP address/],
  [{ address: "" }, /--address ""/],
  [{ backend: ["api:8080=localhost:3000"] }, /NAMESPACE\/SERVICE:PORT=HOST:PORT/],
  [{ backend: ["shop/api=localhost:3000"] }, /NAMESPACE\/SERVICE:PORT=HOST:PORT/],
  [{ backend: ["shop/api:99999=localhost:3000"] }, /NAMESPACE\/SERVICE:PORT=HOST:PORT/],
  [{ backend: ["shop/Api:80=localhost:3000"] }, /NAMESPACE\/SERVICE:PORT=HOST:PORT/],
  [{ backend: ["shop/api:80=localhost"] }, /HOST:PORT.*after the "="/],
  [{ backend: ["shop/api:80=::1:80"] }, /in brackets/],
  [{ backend: ["shop/api:80=http://localhost:80"] }, /HOST:PORT/],
  [{ apiListen: "6443" }, /--api-listen "6443".*127.0.0.1:6443/],
  [{ apiListen: "localhost:6443" }, /IP:PORT/],
  [{ apiListen: "127.0.0.1:65536" }, /IP:PORT/],
  [{ dataDir: "" }, /--data-dir is empty/],
  [{ kubeconfig: "" }, /--kubeconfig is empty/],
  [{ kubeconfig: "a", dataDir: "b" }, /--data-dir.*with --kubeconfig there is none/],
  [{ kubeconfig: "a", kubeconfigOut: "b" }, /--kubeconfig-out.*with --kubeconfig there is none/],
  [{ kubeconfig: "a", apiListen: "127.0.0.1:1" }, /--api-listen.*with --kubeconfig there is none/],
  [{ context: "staging" }, /--context.*--kubeconfig, which is not given/],
  [{ backend: ["shop/api:80=a:1", "shop/api:80=b:1"] }, /twice for shop\/api:80/],
];

for (const [raw, message] of wrong) {
  test(`refused: ${JSON.stringify(raw)}`, () => {
    assert.throws(
      () => readOptions(raw),
      (error) => error instanceof OptionError && message.test(error.message),
    );
  });
}

test("ranges of trusted proxies, and none at all", () => {
  const read = (trustedProxies: string) => readOptions({ trustedProxies }).trustedProxies;
  assert.deepEqual(read("10.0.0.0/8, 192.0.2.7,2001:db8::/32,::1"), [
    "10.0.0.0/8",
    "192.0.2.7/32",
    "2001:db8::/32",
    "::1/128",
  ]);
  assert.deepEqual(read(""), []);
  assert.equal(readOptions({}).trustedProxies, undefined);
});
