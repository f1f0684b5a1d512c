/**
 * The import rule of docs/architecture.md: the folder says where code runs, and this proves it.
 * `app → main → shared ← renderer`; a service in `main/` knows itself, `main/kernel` and `shared` only.
 */
import path from "node:path";

const MAY_IMPORT = {
  shared: ["shared"],
  renderer: ["renderer", "shared"],
  main: ["main", "shared"],
  app: ["app", "main", "shared"],
  e2e: ["e2e", "app", "main", "shared", "renderer"],
};

/** A native or platform package, and the only folders that may import it. Tests may open what they check. */
const OWNED_PACKAGES = {
  electron: ["app/electron"],
  "better-sqlite3": ["main/storage"],
  "node-pty": ["main/daemon"],
  openai: ["main/agent"],
  react: ["renderer"],
  zustand: ["renderer"],
};

/** Files of `main/` that see every service: they wire services together. */
const knowsAllServices = (file) => file.startsWith("main/session/") || file === "main/host.ts" || file === "main/host.test.ts";

/**
 * Why `file` (relative to the root, `/`-separated) must not import `specifier`, or null where it may.
 * `root` is needed only to resolve relative specifiers.
 */
export function violation(file, specifier) {
  const from = file.split("/")[0];
  if (!(from in MAY_IMPORT)) return null;
  const target = specifier.startsWith("#")
    ? specifier.slice(1)
    : specifier.startsWith(".")
      ? path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier))
      : null;

  if (target === null) return packageViolation(file, from, specifier);
  const to = target.split("/")[0];
  if (!MAY_IMPORT[from].includes(to)) return `${from}/ must not import ${to}/`;
  if (from === "main" && to === "main" && !knowsAllServices(file)) {
    const own = file.split("/")[1];
    const other = target.split("/")[1];
    if (other !== own && other !== "kernel") return `main/${own} must not know main/${other}: let main/session or main/host.ts wire them`;
  }
  return null;
}

function packageViolation(file, from, specifier) {
  const isNode = specifier.startsWith("node:");
  if (isNode) return from === "shared" || from === "renderer" ? `${from}/ runs without Node: no ${specifier}` : null;
  const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0];
  const owners = OWNED_PACKAGES[name];
  if (!owners || from === "e2e" || owners.some((folder) => file.startsWith(`${folder}/`))) return null;
  return `only ${owners.join(", ")} may import ${name}`;
}

const rule = {
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join("/");
    const check = (node, source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const message = violation(file, source.value);
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
    };
  },
};

export default { meta: { name: "oriel" }, rules: { boundaries: rule } };
