import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../testing.ts";

const jobs = "/apis/batch/v1/namespaces/default/jobs";
const containers = [{ name: "main", image: "main" }];

interface Job {
  readonly metadata: { readonly uid: string };
  readonly spec: {
    readonly selector: unknown;
    readonly template: { readonly metadata: { readonly labels: unknown } };
  };
}

test("a Job selects its pods by its own uid", async (context) => {
  const api = await Api.open(context);
  const template = { metadata: { labels: { app: "a" } }, spec: { restartPolicy: "Never", containers } };
  const { code, body } = await api.post(jobs, { metadata: { name: "a" }, spec: { template } });
  assert.equal(code, 201);
  const { metadata, spec } = body as unknown as Job;
  assert.deepEqual(spec.selector, { matchLabels: { "batch.kubernetes.io/controller-uid": metadata.uid } });
  assert.deepEqual(spec.template.metadata.labels, {
    app: "a",
    "batch.kubernetes.io/controller-uid": metadata.uid,
    "batch.kubernetes.io/job-name": "a",
    "controller-uid": metadata.uid,
    "job-name": "a",
  });
});

test("a Job with a selector of its own keeps that", async (context) => {
  const api = await Api.open(context);
  const labels = { app: "a" };
  const template = { metadata: { labels }, spec: { restartPolicy: "Never", containers } };
  const { body } = await api.post(jobs, {
    metadata: { name: "a" },
    spec: { manualSelector: true, selector: { matchLabels: labels }, template },
  });
  const { spec } = body as unknown as Job;
  assert.deepEqual([spec.selector, spec.template.metadata.labels], [{ matchLabels: labels }, labels]);
});
