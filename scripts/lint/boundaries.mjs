/**
 * The import rule of docs/architecture.md: the folder says where code runs, and this proves it.
 * `app → main → shared ← renderer`; a service in `main/` knows itself, `main/kernel` and `shared` only.
 */
import { isBuiltin } from "node:module";
import path from "node:path";

/** @type {Readonly<Record<string, readonly string[]>>} */
const MAY_IMPORT = {
  shared: ["shared"],
  renderer: ["renderer", "shared"],
  main: ["main", "shared"],
  app: ["app", "main", "shared"],
  e2e: ["e2e", "app", "main", "shared", "renderer", "scripts"],
};

/**
 * A native or platform package, and the only folders that may import it. Tests may open what they check.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const OWNED_PACKAGES = {
  electron: ["app/electron"],
  "better-sqlite3": ["main/storage"],
  "node-pty": ["main/daemon"],
  openai: ["main/agent"],
  react: ["renderer"],
  "react-dom": ["renderer"],
  zustand: ["renderer"],
};

/** Files of `main/` that see every service: they wire services together. @param {string} file */
const knowsAllServices = (file) =>
  file.startsWith("main/session/") || file === "main/host.ts" || file === "main/host.test.ts";

/**
 * Why `file` must not import `specifier`, or null where it may.
 * @param {string} file relative to the root, `/`-separated
 * @param {string} specifier as written
 * @returns {string | null}
 */
export function violation(file, specifier) {
  const from = file.split("/")[0] ?? "";
  const allowed = MAY_IMPORT[from];
  // The page's build configuration is not part of the page.
  if (!allowed || file === "renderer/vite.config.ts") return null;
  if (/^(\/|file:)/.test(specifier)) return "an absolute path is a place on one machine";
  const target = targetOf(file, specifier);
  if (target === null) return packageViolation(file, from, specifier);

  const [to = "", other] = target.split("/");
  if (!allowed.includes(to)) return `${from}/ must not import ${to}/`;
  if (from === "main" && to === "main" && !knowsAllServices(file)) {
    const own = file.split("/")[1];
    if (other !== own && other !== "kernel") {
      return `main/${own} must not know main/${other}: let main/session or main/host.ts wire them`;
    }
  }
  return null;
}

/** The file in the repository that is meant, relative to the root; null for a package. @param {string} file @param {string} specifier */
function targetOf(file, specifier) {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return path.posix.join(path.posix.dirname(file), specifier);
  return null;
}

/** @param {string} file @param {string} from @param {string} specifier */
function packageViolation(file, from, specifier) {
  if (isBuiltin(specifier)) {
    return from === "shared" || from === "renderer" ? `${from}/ runs without Node: no ${specifier}` : null;
  }
  const parts = specifier.split("/");
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
  const owners = OWNED_PACKAGES[name];
  if (!owners || from === "e2e" || owners.some((folder) => file.startsWith(`${folder}/`))) return null;
  return `only ${owners.join(", ")} may import ${name}`;
}

/**
 * What a node names as its source: a string, or null where that is only known when it runs.
 * @param {any} source an expression of the syntax tree
 * @returns {string | null}
 */
function textOf(source) {
  if (source?.type === "Literal" && typeof source.value === "string") return source.value;
  if (source?.type === "TemplateLiteral" && source.expressions.length === 0)
    return source.quasis[0]?.value.cooked ?? null;
  return null;
}

/** Calls that load a module by name: `require`, `require.resolve`, `import.meta.resolve`. @param {any} callee */
function loadsModule(callee) {
  if (callee.type === "Identifier") return callee.name === "require";
  if (callee.type !== "MemberExpression" || callee.property.name !== "resolve") return false;
  return callee.object.type === "MetaProperty" || callee.object.name === "require";
}

const rule = {
  /** @param {any} context */
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join("/");
    /** @param {any} node @param {any} source */
    const check = (node, source) => {
      const specifier = textOf(source);
      const message = specifier === null ? null : violation(file, specifier);
      if (message) context.report({ node, message });
    };
    /** @param {any} node */
    const checkSource = (node) => check(node, node.source);
    return {
      ImportDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      /** @param {any} node */
      ImportExpression(node) {
        // A name made up at run time could be anything; where code runs must be readable from its text.
        const hidden =
          textOf(node.source) === null &&
          (file.split("/")[0] ?? "") in MAY_IMPORT &&
          !file.startsWith("e2e/");
        if (hidden) context.report({ node, message: "import() needs its module written out" });
        else checkSource(node);
      },
      /** @param {any} node */
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal ?? node.argument),
      /** @param {any} node */
      TSExternalModuleReference: (node) => check(node, node.expression),
      /** @param {any} node */
      CallExpression: (node) => loadsModule(node.callee) && check(node, node.arguments[0]),
    };
  },
};

export default { meta: { name: "oriel" }, rules: { boundaries: rule } };
