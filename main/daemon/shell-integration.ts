/**
 * Lets bash, zsh and fish say where prompts and commands are (OSC 133) and which folder they are in (OSC 7), without
 * touching a file of the person's: the shell is started with a file of ours, and the person's own files are read first.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { TerminalSpec } from "./protocol.ts";
import { BASH, FISH, ZSH_FILES } from "./shell-scripts.ts";
import { replaceNow } from "./whole-file.ts";

export interface ShellFiles {
  /** Read by bash in place of ~/.bashrc. */
  readonly bash: string;
  /** zsh's ZDOTDIR. */
  readonly zsh: string;
  /** Read by fish behind config.fish. */
  readonly fish: string;
}

interface Shell {
  readonly argv: readonly string[];
  readonly env: Record<string, string>;
  /** What the shell's marks carry: no output has it but the shell's own. Null: it makes none. */
  readonly markKey: string | null;
}

/** Brings them to `folder`: those that are right already are not touched, so that a full disk is no matter. Throws where the disk does. */
export function writeShellFiles(folder: string): ShellFiles {
  const files = {
    bash: path.join(folder, "bashrc"),
    zsh: path.join(folder, "zsh"),
    fish: path.join(folder, "marks.fish"),
  };
  mkdirSync(files.zsh, { recursive: true, mode: 0o700 });
  const texts = [[files.bash, BASH] as const, [files.fish, FISH] as const].concat(
    Object.entries(ZSH_FILES).map(([name, text]) => [path.join(files.zsh, name), text]),
  );
  for (const [file, text] of texts) {
    if (textOf(file) !== text) replaceNow(file, text);
  }
  return files;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** How `spec` is started so that it makes marks. Whatever is not a plain interactive bash, zsh or fish stays as it is. */
export function withMarks({ argv, env }: Pick<TerminalSpec, "argv" | "env">, files: ShellFiles): Shell {
  const [program = "", ...flags] = argv;
  const isLogin = flags.some((flag) => flag === "-l" || flag === "--login" || flag === "-il");
  const isPlain = flags.every((flag) => ["-l", "--login", "-i", "-il"].includes(flag));
  const name = path.basename(program);
  if (!isPlain || !["bash", "zsh", "fish"].includes(name)) return { argv, env, markKey: null };

  const markKey = randomBytes(9).toString("base64url");
  const told = { ...env, ORIEL_MARK_KEY: markKey };
  if (name === "bash") {
    // A login shell would not read it.
    const login: Record<string, string> = isLogin ? { ORIEL_LOGIN_SHELL: "1" } : {};
    return { argv: [program, "--init-file", files.bash, "-i"], env: { ...told, ...login }, markKey };
  }
  if (name === "fish") {
    // A folder in XDG_DATA_DIRS would take the key away before config.fish, but every config that looks at that would see ours.
    const file = files.fish.replaceAll(/[\\']/g, String.raw`\$&`);
    return { argv: [...argv, "--init-command", `source '${file}'`], env: told, markKey };
  }
  const own: Record<string, string> = env["ZDOTDIR"] === undefined ? {} : { ORIEL_ZDOTDIR: env["ZDOTDIR"] };
  return { argv, env: { ...told, ...own, ZDOTDIR: files.zsh }, markKey };
}
