import { expect, test } from "vitest";
import { createAllowList, isInternal } from "./allow-list.ts";

test.each([
  ["example.com", "example.com", 443, true],
  ["example.com", "EXAMPLE.com.", 80, true],
  ["Example.COM", "example.com", 80, true],
  ["example.com", "a.example.com", 443, false],
  ["example.com", "badexample.com", 443, false],
  ["example.com", "example.com.evil.org", 443, false],
  ["*.example.com", "a.example.com", 443, true],
  ["*.example.com", "a.b.example.com", 443, true],
  ["*.example.com", "example.com", 443, false],
  ["*.example.com", "badexample.com", 443, false],
  ["example.com:443", "example.com", 443, true],
  ["example.com:443", "example.com", 80, false],
  ["*.example.com:8443", "a.example.com", 8443, true],
  ["10.0.0.1:80", "10.0.0.1", 80, true],
  ["[::1]:80", "::1", 80, true],
  [" example.com ", "example.com", 80, true],
  ["*", "example.com", 80, false],
  ["*.*", "a.b", 80, false],
  ["", "", 80, false],
  ["https://example.com", "example.com", 443, false],
  ["example.com/path", "example.com", 443, false],
  ["user@example.com", "example.com", 443, false],
  ["exa*mple.com", "exaxmple.com", 443, false],
  ["example.com:", "example.com", 443, false],
])("%s allows %s:%i: %s", (entry, host, port, allowed) => {
  expect(createAllowList([entry]).allows(host, port)).toBe(allowed);
});

test.each([
  ...[
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
  ],
  ...[
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
  ],
  ...["::ffff:10.0.0.1", "::ffff:a00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "not an address", ""],
])("%j is not on the internet", (address) => {
  expect(isInternal(address)).toBe(true);
});

test.each(["1.1.1.1", "172.32.0.1", "192.0.2.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])(
  "%s is",
  (address) => {
    expect(isInternal(address)).toBe(false);
  },
);
