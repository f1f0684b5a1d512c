import path from "node:path";
import { looksSecret, isSecretName } from "../secrets.ts";

/** Where the bridge to the proxy listens inside the sandbox, on the loopback of its own network namespace. */
export const PROXY_PORT = 23128;

/** Variables that a command gets from outside: who and where we are, and where tools are installed. Nothing else. */
const PASSED = new Set([
  ...["PATH", "HOME", "LANG", "LANGUAGE", "TZ", "SHELL", "USER", "LOGNAME"],
  ...[
    "JAVA_HOME",
    "GOROOT",
    "GOPATH",
    "RUSTUP_HOME",
    "CARGO_HOME",
    "PYENV_ROOT",
    "NVM_DIR",
    "VOLTA_HOME",
    "PNPM_HOME",
  ],
  ...[
    "ANDROID_HOME",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "DOTNET_ROOT",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_DATA_DIRS",
  ],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"],
]);

/** Set for every command: nothing waits for a person at a terminal that is not there. */
const QUIET = {
  TERM: "dumb",
  EDITOR: "true",
  VISUAL: "true",
  GIT_EDITOR: "true",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
} as const;

export interface EnvironmentOptions {
  /** The temp folder by the name that the command sees. */
  readonly temp: string;
  /** True where the home is read-only, so that caches must go elsewhere. */
  readonly confined: boolean;
  /** True where the bridge to the proxy runs. */
  readonly proxied: boolean;
}

/**
 * The whole environment of an agent's command: an allow-list, never a secret. A variable whose name or value looks like
 * a secret is left out even where it is on the list.
 */
export function commandEnvironment(
  source: NodeJS.ProcessEnv,
  options: EnvironmentOptions,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined || !(PASSED.has(name) || name.startsWith("LC_"))) continue;
    if (!isSecretName(name) && !looksSecret(value)) passed[name] = value;
  }
  return {
    ...passed,
    ...QUIET,
    TMPDIR: options.temp,
    ...(options.confined ? caches(options.temp, passed["HOME"]) : {}),
    ...(options.proxied ? proxyVariables() : {}),
  };
}

/**
 * Caches that tools insist on writing, moved from the read-only home to the temp folder, where they live as long as the
 * session. What tools only read stays where it is: cargo copes with a read-only CARGO_HOME, Go with its module cache.
 */
function caches(temp: string, home: string | undefined): Record<string, string> {
  const cache = path.posix.join(temp, ".cache");
  return {
    // pip, Go's build cache, uv, deno and whatever else follows the XDG rules.
    XDG_CACHE_HOME: cache,
    // npm stops without a writable cache; yarn 1 and bun do not follow XDG.
    npm_config_cache: `${cache}/npm`,
    YARN_CACHE_FOLDER: `${cache}/yarn`,
    BUN_INSTALL_CACHE_DIR: `${cache}/bun`,
    // Gradle locks files in its home; what it downloaded before can still be read.
    GRADLE_USER_HOME: `${cache}/gradle`,
    ...(home === undefined
      ? {}
      : {
          GRADLE_RO_DEP_CACHE: path.posix.join(home, ".gradle/caches"),
          // Follows XDG too, but its browsers are only read and were put in the real cache.
          PLAYWRIGHT_BROWSERS_PATH: path.posix.join(home, ".cache/ms-playwright"),
        }),
    // Root's tar would restore owners, which no confined process may.
    TAR_OPTIONS: "--no-same-owner",
    // An update check would write to ~/.config and wait for the network.
    npm_config_update_notifier: "false",
    NO_UPDATE_NOTIFIER: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
  };
}

/** curl reads only the lower case of `http_proxy`, other tools only the upper case, Node only when told to. */
function proxyVariables(): Record<string, string> {
  const proxy = `http://127.0.0.1:${PROXY_PORT}`;
  const direct = "localhost,127.0.0.1,::1";
  const both = (name: string, value: string) => ({ [name]: value, [name.toLowerCase()]: value });
  return {
    ...both("HTTP_PROXY", proxy),
    ...both("HTTPS_PROXY", proxy),
    ...both("ALL_PROXY", proxy),
    ...both("NO_PROXY", direct),
    NODE_USE_ENV_PROXY: "1",
  };
}
