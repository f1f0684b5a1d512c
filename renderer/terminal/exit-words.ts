/** From here on an exit code is that of a signal, as shells say it. */
const SIGNALS = 128;
const NAMES: Readonly<Record<number, string>> = {
  1: "a hang-up (SIGHUP)",
  2: "Ctrl+C (SIGINT)",
  9: "SIGKILL",
  11: "a crash (SIGSEGV)",
  15: "SIGTERM",
};

/** How a shell ended, in a sentence. */
export function exitWords(exitCode: number): string {
  const signal = NAMES[exitCode - SIGNALS];
  return `The shell ended with exit code ${exitCode}${signal ? `: ${signal}` : ""}.`;
}
