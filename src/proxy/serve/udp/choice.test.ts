import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../../upstream/endpoint.ts";
import { chooseEndpoint, placeOf } from "./choice.ts";

const seed = 42;
const endpoints = Array.from({ length: 5 }, (_, i) => endpoint(`10.0.0.${i}`));
const places = Array.from({ length: 20_000 }, (_, i) =>
  placeOf(seed, `192.0.2.${i % 4}`, 1024 + Math.floor(i / 4)),
);

test("the ports of few clients spread evenly over destinations and endpoints", () => {
  for (const bucketOf of [
    (place: (typeof places)[number]) => Math.floor(place.fraction * 5),
    (place: (typeof places)[number]) => endpoints.indexOf(chooseEndpoint(endpoints, place.point, undefined)!),
  ]) {
    const counts = [0, 0, 0, 0, 0];
    for (const place of places) counts[bucketOf(place)]!++;
    // The same seed, the same counts: 4,000 each, give or take three standard deviations.
    for (const count of counts) assert.ok(Math.abs(count - 4_000) < 170, counts.join(" "));
  }
});

test("destination and endpoint are chosen independently", () => {
  const counts = new Map<string, number>();
  for (const { fraction, point } of places) {
    const key = `${fraction < 0.5} ${chooseEndpoint(endpoints.slice(0, 2), point, undefined)!.host}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const count of counts.values()) assert.ok(Math.abs(count - 5_000) < 190, [...counts].join("; "));
});

test("without an endpoint only its own sources move, with another one only to that one", () => {
  const [gone, ...rest] = endpoints;
  let moved = 0;
  for (const { point } of places) {
    const before = chooseEndpoint(endpoints, point, undefined);
    const after = chooseEndpoint(rest, point, undefined);
    if (before === gone) moved++;
    else assert.equal(after, before);
  }
  assert.ok(moved > 0);
});

test("the order of the endpoints and which object stands for one make no difference", () => {
  const others = endpoints.map(({ host }) => endpoint(host)).toReversed();
  for (const { point } of places.slice(0, 500))
    assert.equal(
      chooseEndpoint(others, point, undefined)?.host,
      chooseEndpoint(endpoints, point, undefined)?.host,
    );
});

test("each endpoint is tried once", () => {
  const tried = new Set<Endpoint>();
  for (let i = 0; i < endpoints.length; i++)
    tried.add(chooseEndpoint(endpoints, places[0]!.point, tried) ?? assert.fail());
  assert.equal(tried.size, endpoints.length);
  assert.equal(chooseEndpoint(endpoints, places[0]!.point, tried), undefined);
  assert.equal(chooseEndpoint([], 7, undefined), undefined);
});

test("another seed, other places", () => {
  const same = places.filter((place, i) => {
    const other = placeOf(seed + 1, `192.0.2.${i % 4}`, 1024 + Math.floor(i / 4));
    return (
      chooseEndpoint(endpoints, place.point, undefined) === chooseEndpoint(endpoints, other.point, undefined)
    );
  });
  assert.ok(Math.abs(same.length - 4_000) < 170, `${same.length}`);
});

function endpoint(host: string): Endpoint {
  return new Endpoint(`${host} 53 UDP `, { host, port: 53 }, "UDP", undefined);
}
