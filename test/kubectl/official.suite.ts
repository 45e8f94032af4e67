import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gatewayModuleCrds } from "./kit/official.ts";
import { Kubectl } from "./kit/kubectl.ts";
import { shop } from "./kit/manifests.ts";

const folder = gatewayModuleCrds();

/** `-f FILE` for every definition of a channel; beside them may lie a file for kustomize. */
function filesOf(channel: string): readonly string[] {
  const names = readdirSync(join(folder, channel)).filter((name) => name.startsWith("gateway."));
  return names.toSorted().flatMap((name) => ["-f", join(folder, channel, name)]);
}

test("the official bundle takes the place of the built-in definitions, and its policy is kept", async (context) => {
  const kubectl = await Kubectl.open(context);
  for (const channel of ["standard", "experimental"]) assert.ok(existsSync(join(folder, channel)), folder);
  await kubectl.apply(shop.httpRoute);
  const standard = await kubectl.ok(["apply", "--server-side", ...filesOf("standard")]);
  assert.match(standard, /httproutes\.gateway\.networking\.k8s\.io serverside-applied/);
  assert.match(standard, /validatingadmissionpolicy.*safe-upgrades.* serverside-applied/);
  await kubectl.ok("wait --for=condition=Established crd --all --timeout=30s");
  assert.equal(
    await kubectl.value(
      "crd httproutes.gateway.networking.k8s.io",
      ".metadata.annotations.gateway\\.networking\\.k8s\\.io/channel",
    ),
    "standard",
  );
  assert.equal(await kubectl.value("httproute shop", ".spec.hostnames[0]"), "shop.example");
  const twice = shop.httpRoute.replace(
    "- matches",
    "- filters: [{ type: RequestRedirect, requestRedirect: {} }, { type: RequestRedirect, requestRedirect: {} }]\n    matches",
  );
  assert.match(await kubectl.refused("apply -f -", twice), /RequestRedirect/);

  const mixed = await kubectl.refused([
    "apply",
    "--server-side",
    "-f",
    join(folder, "experimental", "gateway.networking.k8s.io_httproutes.yaml"),
  ]);
  assert.match(mixed, /safe-upgrades/);
  await kubectl.ok(
    "delete validatingadmissionpolicybinding,validatingadmissionpolicy safe-upgrades.gateway.networking.k8s.io",
  );
  const experimental = await kubectl.ok(["apply", "--server-side", ...filesOf("experimental")]);
  assert.match(experimental, /xbackendtrafficpolicies\.gateway\.networking\.x-k8s\.io serverside-applied/);
  assert.equal(await kubectl.value("httproute shop", ".spec.hostnames[0]"), "shop.example");
});
