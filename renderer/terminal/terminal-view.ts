/** One xterm on the page, without React: made for a terminal when it is shown, disposed when it is hidden. */
import { FitAddon } from "@xterm/addon-fit";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import { folderOf } from "#shared/terminal/folder.ts";
import { limitWork } from "#shared/terminal/limits.ts";
import { silenceQueries } from "#shared/terminal/queries.ts";
import { clearAnnounced, limitAnnounced } from "./announced.ts";
import { linesThatGoOn, withoutLineBreaks } from "./copy-text.ts";
import type { OutputFrame, ScreenFrame } from "./channel.ts";
import { fileLinkProvider } from "./file-links.ts";
import type { FileLinks } from "./file-links.ts";
import { trackFinding } from "./finding.ts";
import { gridFor, trackGridSize } from "./grid-size.ts";
import { handleKey } from "./key-actions.ts";
import type { KeyActions, PaneKey } from "./key-actions.ts";
import { kittyInput } from "./kitty-input.ts";
import { isModifierKey } from "./kitty-table.ts";
import { trackCommands } from "./marks.ts";
import { keepPlace, select, syncScrollBar } from "./place.ts";
import { withoutControls } from "./paste-guard.ts";
import type { TerminalPreferences } from "./preferences.ts";
import { followOutput } from "./scroll-lock.ts";
import { trackScrollback } from "./scrollback.ts";
import { trackSelecting } from "./selecting.ts";
import { pageToken, terminalTheme } from "./theme.ts";
import { webLinks } from "./web-links.ts";
import type { HoveredLink } from "./web-links.ts";
import { webglPool } from "./webgl-pool.ts";
import { takeWhole } from "./whole.ts";

export interface ViewListener {
  readonly files: () => FileLinks;
  /** What a person typed. */
  onInput(data: string): void;
  /** The grid has another size than the host knows of. */
  onSize(cols: number, rows: number): void;
  /** All output before this byte is parsed. */
  onParsed(offset: number): void;
  /** From now on short screens will do, or not: at first they do. */
  onScreens(short: boolean): void;
  /** A key that the pane acts on. */
  onKey(key: PaneKey): void;
  /** The screen was emptied here: the host's is to be, too. */
  onClear(): void;
  /** Text for the clipboard. */
  onCopy(text: string): void;
  /** Text from the clipboard, before anything is done with it. */
  onPaste(text: string): void;
  /** The link under the pointer, or null. */
  onLink(link: HoveredLink | null): void;
  /** What the program calls itself: hostile text. */
  onTitle(title: string): void;
  onFound(found: { readonly index: number; readonly count: number }): void;
  /** Whether output came below what is shown, which a person has scrolled up. */
  onBehind(behind: boolean): void;
}

export interface TerminalView extends Disposable {
  showScreen(screen: ScreenFrame): void;
  write(output: OutputFrame): void;
  /** Types a pasted text, in brackets where the program asked for them; without control characters. */
  paste(text: string): void;
  /** The grid takes the size that its container has room for, where this page chooses it. */
  fit(): void;
  /** The grid as the host says that it is: where another page made it so, until somebody types here or comes. */
  setSize(cols: number, rows: number): void;
  /** What is selected, or an empty text: where all was to be, all of it. */
  selection(how: "as it is" | "without line breaks"): Promise<string>;
  selectAll(): void;
  /** Scrolls to a command's prompt. */
  jump(direction: "previous" | "next"): void;
  shellEnded(exitCode: number): void;
  /** The host was lost: what ran may have ended, and nothing comes until there is a screen again. */
  lost(): void;
  toEnd(): void;
  /** Empties screen and scrollback but for the line with the cursor. False where a full-screen program has the screen. */
  clear(): boolean;
  find(text: string, direction: "next" | "previous" | "as typed"): void;
  endFind(): void;
  applyTheme(): void;
  applyPreferences(preferences: TerminalPreferences): void;
  focus(): void;
}

/** As many lines as the daemon keeps. */
const SCROLLBACK = 10_000;
/** What may wait for a selection to be drawn. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** What a program asked to be told of the mouse and of the focus. Not typed: the pointer may only pass by. */
const isReport = (data: string): boolean =>
  data.startsWith("\x1b[") && /^(?:[IO]|M...|<[\d;]+[Mm])$/s.test(data.slice(2));
const RESET = new TextEncoder().encode("\x1bc");

export function createTerminalView(
  container: HTMLElement,
  preferences: TerminalPreferences,
  listener: ViewListener,
): TerminalView {
  const owned = new DisposableStack();
  const token = pageToken();
  const links = webLinks(listener.onLink);
  const terminal = owned.adopt(
    new Terminal({
      allowProposedApi: true,
      fontFamily: token("mono"),
      fontSize: preferences.fontSize,
      screenReaderMode: preferences.screenReader,
      scrollback: SCROLLBACK,
      theme: terminalTheme(token),
      minimumContrastRatio: 4.5,
      linkHandler: {
        activate: links.open,
        hover: links.hover,
        leave: links.leave,
        allowNonHttpProtocols: false,
      },
      // Nothing that is printed may ask for or change the window: all off but what an editor does to its title.
      windowOptions: { pushTitle: true, popTitle: true },
      logLevel: "off",
    }),
    (created) => created.dispose(),
  );
  silenceQueries(terminal.parser);
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new UnicodeGraphemesAddon());
  terminal.loadAddon(new WebLinksAddon(links.open, { hover: links.hover, leave: links.leave }));
  terminal.open(container);
  // The DOM's cells are another width than WebGL's, which are whole pixels.
  owned.use(webglPool.lease(terminal, () => fitContainer()));

  const size = trackGridSize();
  const claim = (): void => {
    if (size.isOurs) return;
    size.claim();
    fitContainer();
  };
  container.addEventListener("focusin", claim);
  owned.defer(() => container.removeEventListener("focusin", claim));
  terminal.onData((data) => {
    if (!isReport(data)) claim();
    listener.onInput(data);
  });
  // The mouse's first encoding. From column 96 on its bytes are no text, as which all that is typed goes.
  terminal.onBinary((data) => {
    if (/^\p{ASCII}*$/u.test(data)) listener.onInput(data);
  });
  terminal.onTitleChange(listener.onTitle);
  let cwd: string | null = null;
  terminal.parser.registerOscHandler(7, (text) => {
    cwd = folderOf(text) ?? cwd;
    return true;
  });
  const onFile = (path: string | null): void =>
    listener.onLink(path === null ? null : { kind: "file", text: path });
  terminal.registerLinkProvider(fileLinkProvider(terminal, listener.files, () => cwd, onFile));
  const commands = trackCommands(terminal);
  const scrollback = owned.use(trackScrollback(terminal, container, listener.onScreens));
  limitWork(terminal);
  limitAnnounced(terminal);
  const selecting = owned.use(trackSelecting(terminal, container));
  const parsedMore = followOutput(terminal, listener.onBehind);
  const whole = owned.use(takeWhole(terminal, container, scrollback));
  const finding = trackFinding(terminal, scrollback, listener.onFound);
  const jump = (direction: "previous" | "next"): void => whole.whenWhole(() => commands.jump(direction));
  const kitty = kittyInput(terminal, listener.onInput);
  const actions: KeyActions = {
    ...{ selectAll: whole.selectAll, jump, act: listener.onKey },
    // Without a selection the key is the app's.
    copies: whole.hasSelection,
    copy: () => void whole.selection().then(listener.onCopy),
  };
  terminal.attachCustomKeyEventHandler((event) => {
    const isLeft = handleKey(event, terminal, actions);
    // A program may be told of the modifiers of keys that are not left to it, and of the end of one that was.
    const isTold = isLeft || isModifierKey(event) || event.type === "keyup";
    const isTyped = isTold && kitty.type(event);
    if (isTyped) clearAnnounced(terminal);
    return isLeft && !isTyped;
  });
  owned.defer(interceptPaste(container, listener.onPaste));

  const fitContainer = (): void => {
    const selected = terminal.getSelectionPosition();
    const { cols: before } = terminal;
    const grid = size.isOurs ? gridFor(fit.proposeDimensions()) : null;
    if (grid) terminal.resize(grid.cols, grid.rows);
    syncScrollBar(terminal);
    // With another number of rows xterm forgets it, as when the find bar goes; lines of the same width stay where they are.
    if (selected && terminal.cols === before && !terminal.hasSelection()) select(terminal, selected);
    if (grid && size.fitted(grid)) listener.onSize(grid.cols, grid.rows);
  };
  /** Of the shell that is shown: behind this byte nothing was on the screen yet. */
  let shown = { shell: "", end: 0 };
  const parsed = (end: number): void => {
    parsedMore(end > shown.end);
    shown.end = Math.max(shown.end, end);
    listener.onParsed(end);
  };
  let heldBytes = 0;
  const writeScreen = ({ bytes, header }: ScreenFrame): void => {
    const { cols, rows, offset, title, short, ...shell } = header;
    let goBack = (): void => {};
    // In turn with what was written before.
    terminal.write("", () => {
      goBack = keepPlace(terminal, scrollback.isShort && !short);
      terminal.resize(cols, rows);
    });
    // One piece is parsed in one go: no empty screen is drawn in between.
    terminal.write(joined(RESET, bytes), () => {
      const completes = scrollback.isShort && !short;
      commands.show(shell);
      ({ cwd } = shell);
      // The screen itself has none.
      if (title !== "") listener.onTitle(title);
      size.screen({ cols, rows });
      fitContainer();
      goBack();
      if (shell.shell !== shown.shell) shown = { shell: shell.shell, end: -1 };
      parsed(offset);
      if (completes) finding.again();
      scrollback.shown(short);
    });
  };
  return {
    showScreen(screen) {
      scrollback.coming();
      selecting.whenReleased(() => writeScreen(screen));
    },
    write({ bytes, offset }) {
      const end = offset + bytes.byteLength;
      scrollback.wrote(bytes.byteLength);
      kitty.wrote(bytes.byteLength);
      heldBytes = selecting.isHolding ? heldBytes + bytes.byteLength : 0;
      // The host would take this page for a slow one, and send a screen without what is being selected.
      if (selecting.isHolding && heldBytes < MAX_HELD_BYTES) listener.onParsed(end);
      selecting.inTurn(() => terminal.write(bytes, () => parsed(end)));
    },
    paste: (text) => terminal.paste(withoutControls(text)),
    fit: fitContainer,
    setSize(cols, rows) {
      const resize = (): void => {
        size.told({ cols, rows });
        terminal.resize(cols, rows);
        syncScrollBar(terminal);
      };
      // In turn: what was written before was wrapped for the other size.
      selecting.inTurn(() => terminal.write("", resize));
    },
    async selection(how) {
      const text = await whole.selection();
      const range = terminal.getSelectionPosition();
      return how === "as it is" || !range ? text : withoutLineBreaks(text, linesThatGoOn(terminal, range));
    },
    selectAll: whole.selectAll,
    jump,
    shellEnded: commands.shellEnded,
    lost() {
      commands.shellEnded(null);
      scrollback.lost();
      size.lost();
    },
    toEnd: () => terminal.scrollToBottom(),
    clear() {
      if (terminal.buffer.active.type === "alternate") return false;
      // Older daemons can't: then at least this page's is empty.
      terminal.clear();
      listener.onClear();
      return true;
    },
    find: finding.find,
    endFind: finding.end,
    applyTheme() {
      terminal.options.theme = terminalTheme(pageToken());
      finding.again();
    },
    applyPreferences({ fontSize, screenReader }) {
      terminal.options.fontSize = fontSize;
      terminal.options.screenReaderMode = screenReader;
      limitAnnounced(terminal);
      fitContainer();
    },
    focus: () => terminal.focus(),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Every way of pasting that a browser has ends in this event; xterm would type its text at once. */
function interceptPaste(container: HTMLElement, onPaste: (text: string) => void): () => void {
  const intercept = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    onPaste(event.clipboardData?.getData("text/plain") ?? "");
  };
  container.addEventListener("paste", intercept, { capture: true });
  return () => container.removeEventListener("paste", intercept, { capture: true });
}
