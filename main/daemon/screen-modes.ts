/**
 * The modes that xterm's serializer leaves out: how the mouse is told, the cursor's visibility and shape, the
 * keyboard protocol of kitty, the scrolling region. Seen by listening to the sequences that set them.
 */
import type { IFunctionIdentifier, Terminal } from "@xterm/headless";
import { ALTERNATE_SCREEN, type KittyKeyboard, trackKittyKeyboard } from "#shared/terminal/kitty-keyboard.ts";
import { MAX_LINK } from "#shared/terminal/limits.ts";
import { isUnderlined, trackCursor } from "./screen-cursor.ts";

export interface ModeTracker {
  readonly keyboard: KittyKeyboard;
  /** Sequences that set, in a fresh terminal with the same screen, what differs from its start. */
  restore(): string;
  /** Those that must come before the screen, where the alternate one covers the main one. */
  restoreFirst(): string;
  /** Those that come between the two. */
  toAlternate(): string;
  /** Whether only a part of the main screen scrolls. */
  hasRegion(): boolean;
}

/** DEC private modes to bring back when they are on: encodings of the mouse, colour scheme reports. */
const SET_MODES = [1005, 1006, 1015, 1016, 2031];
/** A line feed is a new line. Not a private mode. */
const NEW_LINE = 20;
const CURSOR_VISIBLE = 25;

interface Region {
  top: number;
  bottom: number;
}

/** Per screen: the main and the alternate one have their own. */
const newScreenModes = () => ({ region: null as Region | null });

export function trackModes(terminal: Terminal): ModeTracker {
  const keyboard = trackKittyKeyboard(terminal);
  const cursor = trackCursor(terminal);
  let on = new Set<number>();
  let newLine = false;
  let cursorHidden = false;
  let cursorShape = 0;
  let main = newScreenModes();
  let alternate = newScreenModes();
  const current = () => (terminal.buffer.active.type === "alternate" ? alternate : main);

  const reset = (): void => {
    on = new Set();
    newLine = false;
    cursorHidden = false;
    cursorShape = 0;
    main = newScreenModes();
    alternate = newScreenModes();
  };
  const setMode = (mode: number, isOn: boolean): void => {
    if (mode === CURSOR_VISIBLE) cursorHidden = !isOn;
    else if (ALTERNATE_SCREEN.includes(mode) && !isOn) alternate = newScreenModes();
    else if (SET_MODES.includes(mode) && isOn) on.add(mode);
    else on.delete(mode);
  };
  /** Listens only: `false` hands the sequence on to xterm. */
  const onCsi = (id: IFunctionIdentifier, listener: (params: number[]) => void): void => {
    terminal.parser.registerCsiHandler(id, (params) => {
      listener(params.map((param) => (typeof param === "number" ? param : (param[0] ?? 0))));
      return false;
    });
  };

  onCsi({ prefix: "?", final: "h" }, (params) => params.forEach((mode) => setMode(mode, true)));
  onCsi({ prefix: "?", final: "l" }, (params) => params.forEach((mode) => setMode(mode, false)));
  onCsi({ final: "h" }, (params) => (newLine ||= params.includes(NEW_LINE)));
  onCsi({ final: "l" }, (params) => (newLine &&= !params.includes(NEW_LINE)));
  onCsi({ intermediates: " ", final: "q" }, ([shape = 0]) => (cursorShape = shape));
  onCsi({ intermediates: "!", final: "p" }, reset);
  onCsi({ final: "r" }, ([top = 0, bottom = 0]) => (current().region = regionOf(top, bottom, terminal.rows)));
  const link = trackLink(terminal);
  terminal.parser.registerEscHandler({ final: "c" }, () => {
    reset();
    return false;
  });
  terminal.onResize(() => (main.region = alternate.region = null));

  return {
    keyboard,
    restoreFirst: keyboard.restoreFirst,
    toAlternate: () => (main.region ? setRegion(main.region) : "") + cursor.toAlternate(main.region !== null),
    hasRegion: () => main.region !== null,
    restore() {
      const { region } = current();
      const { text, moves } = cursor.restore();
      return [
        ...[...on].map((mode) => `\x1b[?${mode}h`),
        newLine ? `\x1b[${NEW_LINE}h` : "",
        cursorHidden ? "\x1b[?25l" : "",
        cursorShape ? `\x1b[${cursorShape} q` : "",
        keyboard.restore(),
        moves || region || terminal.modes.originMode ? placeCursor(text, region, terminal) : text,
        link.restore(),
      ].join("");
    },
  };
}

/** The link (OSC 8) that what is written next is part of. Until it ends xterm has it underlined. */
function trackLink(terminal: Terminal): { restore(): string } {
  let open = "";
  terminal.parser.registerOscHandler(8, (text) => {
    open = text.slice(text.indexOf(";") + 1) && text;
    return false;
  });
  const end = (): false => {
    open = "";
    return false;
  };
  terminal.parser.registerEscHandler({ final: "c" }, end);
  terminal.parser.registerCsiHandler({ intermediates: "!", final: "p" }, end);
  return {
    restore() {
      const plain = open === "" || isUnderlined(terminal) ? "" : "\x1b[24m";
      return open === "" || open.length > MAX_LINK ? "" : `${plain}\x1b]8;${open}\x1b\\`;
    },
  };
}

/** Null for the whole screen and for what xterm ignores. */
function regionOf(top: number, bottom: number, rows: number): Region | null {
  const region = { top: Math.max(1, top), bottom: bottom === 0 ? rows : Math.min(bottom, rows) };
  return region.top >= region.bottom || (region.top === 1 && region.bottom === rows) ? null : region;
}

const setRegion = ({ top, bottom }: Region): string => `\x1b[${top};${bottom}r`;

/** `before`, the region and the origin mode move the cursor: it goes back to where it was. */
function placeCursor(before: string, region: Region | null, { buffer, modes }: Terminal): string {
  const { cursorX, cursorY } = buffer.active;
  const firstRow = modes.originMode && region ? region.top : 1;
  // With the origin mode, rows would count from the region's top.
  const first = before && modes.originMode ? `\x1b[?6l${before}\x1b[?6h` : before;
  return `${first}${region ? setRegion(region) : ""}\x1b[${cursorY + 2 - firstRow};${cursorX + 1}H`;
}
