/** What runs in each shell, and how its screen is read. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import xterm from "@xterm/headless";

/** As long as no test takes, and found by its time and the process that started it. */
const STAYING = "sleep 86413";

/** Starts what could stay behind: a session of its own, and deaf to a hang-up. Only who ends whole trees ends it. */
export const STAYS = `setsid nohup ${STAYING} $$ </dev/null >/dev/null 2>&1 &`;

/**
 * Prints numbered lines, a line for each that it reads, and keeps in a file what it printed: the truth that screens are
 * compared with. In a shell, what is typed for it does nothing. The time of `read` may be over in the middle of a line, or
 * behind its end: then bash has the whole line, and says that there was none.
 */
const PROGRAM = `stty -echo
exec 3>>"$2"
say() { printf '%s\\n' "$1" >&3; printf '%s\\n' "$1"; }
${STAYS}
say "begin $1 $$"
n=0
begun=
while :; do
  if IFS= read -r -t 0.1 line; then for number in \${begun//:/ }\${line//:/ }; do say "got $1 $number"; done; begun=
  elif [ $? -le 128 ]; then exit 1
  else begun=$begun$line; n=$((n + 1)); say "out $1 $n"; fi
done
`;

const PROGRAM_FILE = "program.sh";
const truthFile = (root: string, label: string): string => path.join(root, `printed-${label}.txt`);

export const writeProgram = (root: string): Promise<void> =>
  writeFile(path.join(root, PROGRAM_FILE), PROGRAM);

/** What is typed at a prompt to start it. */
export const startLine = (root: string, label: string): string =>
  `bash ${path.join(root, PROGRAM_FILE)} ${label} ${truthFile(root, label)}\r`;

/** What is typed for it: a line with this number. */
export const numberedLine = (number: number): string => `: ${number}\r`;

/** What the program's run with this label has started in the background, as its command line. */
export async function stayingOf(root: string, label: string): Promise<string> {
  const [begun] = await printedBy(root, label);
  return `${STAYING} ${begun?.split(" ")[2]}`;
}

/** Every line that it has printed so far; none where it never began. */
export async function printedBy(root: string, label: string): Promise<readonly string[]> {
  const text = await readFile(truthFile(root, label), "utf8").catch(() => "");
  return text.split("\n").slice(0, -1);
}

/** What stands on a screen where a daemon died. */
export const isNotice = (line: string): boolean => line.startsWith("── Oriel's daemon ended");

/** Of the lines of a screen those that programs printed, and Oriel's own. Prompts and what readline echoes are left out. */
const isTold = (line: string): boolean => /^(begin|out|got) /.test(line) || isNotice(line);

/** The lines that were told in a screen's text, oldest first. Shown as a terminal shows it. */
export async function toldIn(text: string, size: { cols: number; rows: number }): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({ ...size, scrollback: 100_000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { normal } = terminal.buffer;
  const lines: string[] = [];
  for (let row = 0; row < normal.length; row += 1) {
    const line = normal.getLine(row);
    const shown = line?.translateToString(true) ?? "";
    if (line?.isWrapped) lines.push((lines.pop() ?? "") + shown);
    else lines.push(shown);
  }
  terminal.dispose();
  return lines.filter(isTold);
}
