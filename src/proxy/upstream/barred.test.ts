import assert from "node:assert/strict";
import { test } from "node:test";
import { barredAs } from "./barred.ts";

const loopback = ["127.0.0.1", "127.0.0.0", "127.255.255.255", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"];
const loopbackInside = [
  "::ffff:7f00:1",
  "::ffff:7fff:ffff",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::1",
];

const special = [
  "0.0.0.0",
  "0.1.2.3",
  "169.254.0.1",
  "169.254.169.254",
  "169.254.255.255",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "100.100.100.200",
  "168.63.129.16",
  "::",
  "fe80::1",
  "fe80::1%eth0",
  "FEBF::1",
  "ff02::1",
  "ff0e::1",
  "fd00:ec2::254",
  "fd20:ce::254",
  "::ffff:0.0.0.0",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::ffff:e000:1",
  "::169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "2002:a9fe:a9fe::1",
  "2002:e000:1::",
  "",
  "localhost",
  "127.1",
  "0x7f.0.0.1",
];

const others = [
  "126.255.255.255",
  "128.0.0.1",
  "10.0.0.1",
  "192.168.1.1",
  "172.16.0.1",
  "100.64.0.1",
  "169.253.255.255",
  "169.255.0.1",
  "223.255.255.255",
  "1.0.0.1",
  "203.0.113.9",
  "100.100.100.201",
  "::ffff:10.0.0.1",
  "fd00::1",
  "fec0::1",
  "fe7f::1",
  "2001:db8::1",
  "64:ff9b::cb00:7109",
  "2002:cb00:7109::1",
];

for (const address of [...loopback, ...loopbackInside]) {
  test(`${address} is this machine`, () => {
    assert.equal(barredAs(address, "special and loopback"), "a loopback address");
    assert.equal(barredAs(address, "special"), undefined);
  });
}

for (const address of special) {
  test(`"${address}" is no address of another machine`, () => {
    assert.notEqual(barredAs(address, "special"), undefined);
    assert.notEqual(barredAs(address, "special and loopback"), undefined);
  });
}

for (const address of others) {
  test(`${address} may be connected to`, () => {
    assert.equal(barredAs(address, "special"), undefined);
    assert.equal(barredAs(address, "special and loopback"), undefined);
  });
}
