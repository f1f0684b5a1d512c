import { expect, test } from "vitest";
import { dataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { connect, connectOrStart } from "./connect.ts";
import { hostFinding } from "./doctor-host.ts";

test("a host that is stopped is not taken for gone, and doctor says which process it is and how it goes on", async () => {
  await using temp = await tempDir();
  const dir = dataDir(temp.path);
  using connection = await connectOrStart(dir.root, { PATH: process.env["PATH"], HOME: temp.path });
  const { pid } = await connection.client.host.info();
  process.kill(pid, "SIGSTOP");
  try {
    await expect(connect(dir.root, 100)).rejects.toMatchObject({ failure: { code: "host_unreachable" } });
    expect(await hostFinding(dir, 100)).toEqual({
      name: "host",
      state: "bad",
      text: `process ${pid} holds the data directory and does not answer`,
      hint: `It is stopped: \`kill -CONT ${pid}\` lets it go on.`,
    });
  } finally {
    process.kill(pid, "SIGCONT");
  }
  expect(await hostFinding(dir)).toMatchObject({
    state: "ok",
    text: expect.stringContaining(`process ${pid}`),
  });
  process.kill(pid, "SIGTERM");
  await connection.closed;
});
