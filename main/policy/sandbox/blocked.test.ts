import { expect, test } from "vitest";
import { blockedWrites } from "./blocked.ts";

/** What tools really write, and what is made of it. */
const LINES: readonly (readonly [string, string])[] = [
  ["bash: line 1: /etc/passwd: Read-only file system", "write /etc/passwd"],
  ["touch: cannot touch '/etc/a b': Read-only file system", "write /etc/a b"],
  ["rm: cannot remove ‘/etc/x’: Read-only file system", "write /etc/x"],
  ["mkdir: cannot create directory '/opt/x': Read-only file system", "write /opt/x"],
  ["fatal: Unable to create '/p/.git/index.lock': Read-only file system", "write /p/.git/index.lock"],
  ["OSError: [Errno 30] Read-only file system: '/usr/x'", "write /usr/x"],
  ["Error: EROFS: read-only file system, open '/home/u/.npmrc'", "write /home/u/.npmrc"],
  ["open /etc/hosts: read-only file system", "write /etc/hosts"],
  ["error: Read-only file system (os error 30)", "write"],
  ["curl: (6) Could not resolve host: example.com", "network example.com"],
  [
    "fatal: unable to access 'https://github.com/a/b/': Could not resolve host: github.com",
    "network github.com",
  ],
  [
    "ssh: Could not resolve hostname git.example.com: Temporary failure in name resolution",
    "network git.example.com",
  ],
  ["wget: unable to resolve host address ‘example.org’", "network example.org"],
  ["Error: getaddrinfo EAI_AGAIN registry.npmjs.org", "network registry.npmjs.org"],
  ["  [cause]: Error: getaddrinfo ENOTFOUND example.com", "network example.com"],
  [
    "dial tcp: lookup proxy.golang.org on 127.0.0.53:53: dial udp 127.0.0.53:53: connect: network is unreachable",
    "network proxy.golang.org",
  ],
  [
    "urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='pypi.org', port=443): Max retries … Temporary failure in name resolution",
    "network pypi.org",
  ],
  ["ping: example.com: Temporary failure in name resolution", "network example.com"],
  ['psql: error: could not translate host name "db.local" to address', "network db.local"],
  [
    "Err:1 http://deb.debian.org/debian bookworm InRelease Temporary failure resolving 'deb.debian.org'",
    "network deb.debian.org",
  ],
  ["curl: (7) Failed to connect to 10.0.0.1 port 80: Network is unreachable", "network 10.0.0.1"],
  ["Error: connect ENETUNREACH 1.1.1.1:443 - Local (0.0.0.0:0)", "network 1.1.1.1:443"],
  ["ssh: connect to host example.com port 22: Network is unreachable", "network example.com:22"],
  ["cat: /home/ada/secret: Permission denied", "access /home/ada/secret"],
  ["mount: /mnt: permission denied.", "access /mnt"],
  ["chown: changing ownership of '/usr/x': Operation not permitted", "access /usr/x"],
];

test.each(LINES)("%s", (line, blocked) => {
  expect(blockedWrites(`before\n${line}\nafter\n`, 1)).toEqual([blocked]);
});

test("ordinary output is not taken for a refusal", () => {
  const ordinary = [
    "-rw-r--r-- 1 root root 5 file system",
    "Promise resolved: nothing to resolve",
    "bash: ./script.sh: Permission denied",
    "ok 5 - handles permission denied",
  ];
  expect(blockedWrites(ordinary.join("\n"), 1)).toEqual([]);
  expect(blockedWrites("", 1)).toEqual([]);
});

test("after success only what is unmistakable counts", () => {
  const output = "cat: /home/ada/x: Permission denied\ntouch: cannot touch '/etc/x': Read-only file system\n";
  expect(blockedWrites(output, 0)).toEqual(["write /etc/x"]);
});

test("each thing once, in order, and not without end", () => {
  const line = (name: number) => `touch: cannot touch '/etc/${name}': Read-only file system\n`;
  expect(blockedWrites(line(2) + line(1) + line(2), 1)).toEqual(["write /etc/2", "write /etc/1"]);
  expect(blockedWrites(Array.from({ length: 500 }, (_, name) => line(name)).join(""), 1)).toHaveLength(20);
});

test("binary and endless lines do no harm", () => {
  expect(blockedWrites(`\0\uFFFD Read-only file system ${"x".repeat(3_000_000)}\n`, 1)).toEqual([]);
});
