import path from "node:path";
import { fileURLToPath } from "node:url";
import type { HostRuntime } from "#app/cli/connect.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";

/** The host's entry beside this file, from its source or from what it was built into. */
const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../host/main.ts" : "./host.js", import.meta.url),
);

/**
 * The Node that the host runs on. A packed app brings its own and listens to nobody: an environment that could name
 * another would be a way into it. One that is started from its sources is told by who starts it.
 */
export function hostRuntime(
  packed: { readonly resources: string } | null,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Result<HostRuntime, "no_node"> {
  if (packed) {
    const node = platform === "win32" ? "node.exe" : "node";
    const host = path.join(packed.resources, "host");
    return ok({ node: path.join(host, "bin", node), entry: path.join(host, "dist", "host.js") });
  }
  const node = env["ORIEL_NODE"];
  if (node && path.isAbsolute(node)) return ok({ node, entry: ENTRY });
  return fail({
    code: "no_node",
    message: "Oriel's window does not know which Node to start its host on.",
    hint: "Start it by `npm start`.",
  });
}
