import { chmod, chown, mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import {
  connectEndpoint,
  makePrivateFolder,
  proxySocketPath,
  runtimeFolder,
  takeEndpoint,
} from "./endpoint.ts";

describe("runtimeFolder", () => {
  test("is in the state folder where a socket's path fits", () => {
    expect(runtimeFolder("/home/ann/.local/share/oriel/state", 3)).toBe(
      "/home/ann/.local/share/oriel/state/daemon/run3",
    );
  });

  test("is short, this user's and the same every time where it does not fit", () => {
    const long = `/home/${"ü".repeat(60)}/state`;
    const folder = runtimeFolder(long, 1);
    expect(folder).toMatch(/^\/tmp\/oriel-\d+-[0-9a-f]{16}-1$/);
    expect(runtimeFolder(long, 1)).toBe(folder);
    expect(runtimeFolder(`${long}2`, 1)).not.toBe(folder);
    expect(Buffer.byteLength(proxySocketPath(folder, "x".repeat(500)))).toBeLessThanOrEqual(103);
  });

  test("fits at every length", () => {
    for (let length = 1; length < 120; length++) {
      const folder = runtimeFolder(`/${"a".repeat(length)}`);
      expect(Buffer.byteLength(proxySocketPath(folder, "cmd_1"))).toBeLessThanOrEqual(103);
    }
  });
});

describe("makePrivateFolder", () => {
  test("closes a folder that others could read", async () => {
    await using dir = await tempDir();
    const folder = path.join(dir.path, "open");
    await mkdir(folder);
    await chmod(folder, 0o777);
    makePrivateFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test.runIf(process.getuid?.() === 0)("refuses a folder of somebody else", async () => {
    await using dir = await tempDir();
    const folder = path.join(dir.path, "foreign");
    await mkdir(folder);
    await chown(folder, 12_345, 12_345);
    let failure = null;
    try {
      makePrivateFolder(folder);
    } catch (error) {
      failure = failureOf(error);
    }
    expect(failure?.code).toBe("daemon_folder_unsafe");
  });
});

describe("takeEndpoint", () => {
  test("gives the folder to one of many, and to the next when that one has gone", async () => {
    await using dir = await tempDir();
    let winner = null;
    // Several that start at once may all give way; never do two stay.
    while (winner === null) {
      const taken = (await Promise.all(Array.from({ length: 6 }, () => takeEndpoint(dir.path, "1")))).filter(
        (e) => e !== null,
      );
      expect(taken.length).toBeLessThanOrEqual(1);
      winner = taken[0] ?? null;
    }
    expect(await takeEndpoint(dir.path, "1")).toBeNull();
    await winner[Symbol.asyncDispose]();
    expect(await connectEndpoint(dir.path)).toBeNull();
    await using next = await takeEndpoint(dir.path, "1");
    expect(next).not.toBeNull();
  });

  test("serves a connection that came before it was ready, on a socket of mode 0600", async () => {
    await using dir = await tempDir();
    await using endpoint = await takeEndpoint(dir.path, "1");
    const socket = await connectEndpoint(dir.path);
    const ended = new Promise((resolve) => socket?.once("close", resolve));
    endpoint?.serve((served) => served.end("hi"));
    const text = new Promise((resolve) => socket?.once("data", (data) => resolve(data.toString())));
    expect(await text).toBe("hi");
    await ended;
    const [name = ""] = await readdir(dir.path);
    expect(name).toMatch(/^d1-[0-9a-f]{8}\.sock$/);
    expect((await stat(path.join(dir.path, name))).mode & 0o777).toBe(0o600);
  });

  test("finds nobody in a folder that is not there", async () => {
    await using dir = await tempDir();
    await rm(dir.path, { recursive: true });
    expect(await connectEndpoint(dir.path)).toBeNull();
  });
});
