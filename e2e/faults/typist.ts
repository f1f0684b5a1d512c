/** Types numbered lines for the program of one terminal, on the page's own channel, and reads what it confirms. */
import { openChannel } from "../../renderer/terminal/channel.ts";
import type { ChannelStatus, TerminalChannel } from "../../renderer/terminal/channel.ts";
import type { WebAddress } from "../driver/web.ts";
import { numberedLine } from "./program.ts";

/** So many lines are typed ahead of what the program has confirmed. */
const AHEAD = 4;
const TOLD = /\b(begin|out|got) (\d+\.\d+) (\d+)/;

export interface Typist extends Disposable {
  /** With what the host last said against it. */
  readonly standing: string;
  readonly status: ChannelStatus;
  /** How often it was connected to a shell. */
  readonly opens: number;
  /** The number of the last line that was typed, and of the last one that the program confirmed. */
  readonly typed: number;
  readonly confirmed: number;
  /** The number of the last line that this run of the program printed by itself. */
  readonly printed: number;
  /** Lines that nobody promised to bring to the program. */
  readonly unsafe: ReadonlySet<number>;
  /** Whether the run with this label has begun. */
  began(label: string): boolean;
  /** What the next run of the program calls itself; what is typed until then is for the shell. */
  expect(label: string): void;
  /** The next line. Gives its number. */
  type(): number;
  /** Something else, to the shell. */
  say(text: string): void;
}

export function createTypist(address: WebAddress, terminal: string): Typist {
  let status: ChannelStatus = "connecting";
  let opens = 0;
  let expected = "";
  let begun = "";
  let typed = 0;
  let confirmed = 0;
  let printed = 0;
  let tail = "";
  let refused = "";
  const unsafe = new Set<number>();

  const type = (): number => {
    typed += 1;
    channel.input(numberedLine(typed));
    return typed;
  };
  const doubt = (): void => {
    for (let number = confirmed + 1; number <= typed; number += 1) unsafe.add(number);
  };
  const read = (line: string): void => {
    const [, word, label, number] = TOLD.exec(line) ?? [];
    if (word === undefined || label !== expected) return;
    // A shell read what was typed before it.
    if (begun !== expected) doubt();
    begun = expected;
    if (word === "got") confirmed = Math.max(confirmed, Number(number));
    if (word !== "out") return;
    printed = Math.max(printed, Number(number));
    // Not in the middle of a screen: behind what the page has kept.
    queueMicrotask(() => typed - confirmed < AHEAD && type());
  };
  const show = (text: string): void => {
    const lines = (tail + text).split("\n");
    tail = lines.pop() ?? "";
    for (const line of lines) read(line);
  };
  const stand = (now: ChannelStatus): void => {
    const wasOpen = status === "open";
    status = now;
    if (now === "open") opens += 1;
    if (begun !== expected || begun === "") return;
    // What was typed before and what is typed now: the page keeps both for the shell until the host is back.
    if (now === "away" && wasOpen) type();
    // Once it is confirmed, it is known what was lost.
    if (now === "open") queueMicrotask(type);
  };
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  const origin = address.origin.replace("http:", "ws:");
  const channel: TerminalChannel = openChannel({ origin, token: address.token }, terminal, {
    onScreen({ header, bytes }) {
      tail = "";
      show(textOf(bytes));
      channel.shown(header.offset);
    },
    onOutput({ offset, bytes }) {
      show(textOf(bytes));
      channel.shown(offset + bytes.byteLength);
    },
    onNews(news) {
      if (news.type === "error") refused = news.failure.message;
    },
    onLost() {},
    onStatus: stand,
  });
  // A run's first line may be far above.
  channel.screens(false);
  return {
    get standing() {
      return `${status}${refused && `, "${refused}"`}`;
    },
    get status() {
      return status;
    },
    get opens() {
      return opens;
    },
    get typed() {
      return typed;
    },
    get confirmed() {
      return confirmed;
    },
    get printed() {
      return printed;
    },
    unsafe,
    began: (label) => begun === label,
    expect(label) {
      expected = label;
      printed = 0;
    },
    type,
    say: (text) => channel.input(text),
    [Symbol.dispose]: () => channel[Symbol.dispose](),
  };
}
