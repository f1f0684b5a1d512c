/**
 * When a terminal on the page has all of its scrollback. A screen comes with the last lines alone: twenty of them are
 * there at once, and a flood is cheap to follow. The rest comes when somebody looks at the terminal and it is calm, so that
 * it is there before it is needed; and at once where it is needed.
 */
import type { Terminal } from "@xterm/xterm";

export interface Scrollback extends Disposable {
  /** Whether what is shown lacks some. */
  readonly isShort: boolean;
  /** A screen has come, and will be written. */
  coming(): void;
  /** It was written. */
  shown(short: boolean): void;
  /** So many bytes of output came behind it. */
  wrote(bytes: number): void;
  /** While true, no screen may lack any. */
  hold(held: boolean): void;
  /** Until the next screen none comes: what waits for it makes do with what there is. */
  lost(): void;
  /** Calls back when all of it is there, in turn. */
  whenWhole(run: () => void): void;
}

/** Calm is a terminal that put out less than so many bytes in so long. */
const CALM_BYTES = 64 * 1024;
const CALM_MS = 200;

/** `onWish` is called with whether short screens will do from now on: at first they do. */
export function trackScrollback(
  terminal: Terminal,
  container: HTMLElement,
  onWish: (short: boolean) => void,
): Scrollback {
  const owned = new DisposableStack();
  let short = false;
  let screensToCome = 0;
  let connected = false;
  let held = false;
  let scrolledUp = false;
  let attended = container.matches(":hover, :focus-within");
  let calm = false;
  let bytes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: (() => void)[] = [];
  let wishesShort = true;

  const wish = (): void => {
    const wishes = !(held || scrolledUp || waiting.length > 0 || (short && calm));
    if (wishes !== wishesShort) onWish((wishesShort = wishes));
  };
  const awaitCalm = (): void => {
    clearTimeout(timer);
    calm = false;
    if (!short || !attended) return;
    bytes = 0;
    timer = setTimeout(() => {
      if (bytes > CALM_BYTES) return awaitCalm();
      calm = true;
      wish();
    }, CALM_MS);
  };
  const attend = (now: boolean): void => {
    if (now === attended) return;
    attended = now;
    awaitCalm();
    wish();
  };
  const isReady = (): boolean => screensToCome === 0 && (!short || !connected);
  const runReady = (): void => {
    if (!isReady()) return;
    const ready = waiting;
    waiting = [];
    for (const run of ready) run();
  };

  const events = owned.adopt(new AbortController(), (listening) => listening.abort());
  const on = (type: string, listener: () => void): void =>
    container.addEventListener(type, listener, { signal: events.signal });
  for (const type of ["pointerenter", "focusin"]) on(type, () => attend(true));
  // Where the pointer has left, the focus may be, and the other way round.
  for (const type of ["pointerleave", "focusout"])
    on(type, () => attend(container.matches(":hover, :focus-within")));
  terminal.onRender(() => {
    const { viewportY, baseY } = terminal.buffer.active;
    if (scrolledUp === viewportY < baseY) return;
    scrolledUp = !scrolledUp;
    wish();
  });
  owned.defer(() => clearTimeout(timer));

  return {
    get isShort() {
      return short;
    },
    coming() {
      screensToCome += 1;
      connected = true;
    },
    shown(now) {
      short = now;
      screensToCome -= 1;
      runReady();
      awaitCalm();
      wish();
    },
    wrote: (count) => void (bytes += count),
    hold(now) {
      held = now;
      wish();
    },
    lost() {
      connected = false;
      runReady();
      wish();
    },
    whenWhole(run) {
      if (isReady()) return run();
      waiting.push(run);
      wish();
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}
