/** Stops the bootstrap: the message says what happened and what the person can do. */
export class Stop extends Error {
  /** @type {number} */
  exitCode;

  /** @param {string} message @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One quiet line of progress. On stderr, because stdout belongs to the command that runs in the end. @param {string} line */
export function say(line) {
  process.stderr.write(`oriel: ${line}\n`);
}
