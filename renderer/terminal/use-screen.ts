/** Joins a terminal's channel and its xterm for as long as it is looked at. */
import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { Address } from "../ipc/address.ts";
import { useFleet } from "../state/context.tsx";
import { useToasts } from "../ui/toasts.tsx";
import { useTheme } from "../ui/use-theme.ts";
import { openChannel } from "./channel.ts";
import type { ChannelStatus, ShownNews, TerminalChannel } from "./channel.ts";
import { copyText } from "./copy-text.ts";
import { pasteWarning } from "./paste-guard.ts";
import type { PasteWarning } from "./paste-guard.ts";
import { changeFontSize, useTerminalPreferences } from "./preferences.ts";
import { createTerminalView } from "./terminal-view.ts";
import type { FileLinks } from "./file-links.ts";
import type { PaneKey } from "./key-actions.ts";
import type { TerminalView } from "./terminal-view.ts";
import type { HoveredLink } from "./web-links.ts";

export interface Found {
  readonly index: number;
  readonly count: number;
}

/** A paste that waits for a yes. */
export interface HeldPaste {
  readonly text: string;
  readonly warning: PasteWarning;
}

export interface ScreenEvents {
  readonly files: FileLinks;
  /** It is drawn. */
  onReady(): void;
  /** Null: it may run again; its host says it when it is back. */
  onExit(exitCode: number | null): void;
  onTitle(title: string): void;
  onKey(key: Exclude<PaneKey, "larger" | "smaller">): void;
}

export interface Screen {
  /** Null while the terminal is not shown. */
  readonly view: RefObject<TerminalView | null>;
  readonly status: ChannelStatus;
  /** Under the pointer. */
  readonly link: HoveredLink | null;
  readonly found: Found | null;
  /** Whether output came below what is shown. */
  readonly behind: boolean;
  readonly held: HeldPaste | null;
  /** Pastes, or asks first. */
  paste(text: string): void;
  /** Pastes what is held, or forgets it; keys go to the terminal again. */
  release(answer: "paste" | "cancel"): void;
}

/** The screen of `terminal` in `container`, drawn and connected only while `shown`. */
export function useScreen(
  container: RefObject<HTMLElement | null>,
  { address, terminal, shown }: { address: Address | null; terminal: string | null; shown: boolean },
  events: ScreenEvents,
): Screen {
  const view = useRef<TerminalView | null>(null);
  const channel = useRef<TerminalChannel | null>(null);
  const latest = useRef(events);
  const [status, setStatus] = useState<ChannelStatus>("connecting");
  const [link, setLink] = useState<HoveredLink | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [behind, setBehind] = useState(false);
  const [held, setHeld] = useState<HeldPaste | null>(null);
  const preferences = useTerminalPreferences();
  const theme = useTheme();
  const toasts = useToasts();
  const connected = useFleet((fleet) => fleet.connection === "connected");
  useEffect(() => void (latest.current = events));

  const paste = (text: string): void => {
    const warning = pasteWarning(text);
    if (warning) setHeld({ text, warning });
    else if (text !== "") view.current?.paste(text);
  };

  useEffect(() => {
    if (!shown || terminal === null || address === null || container.current === null) return;
    const shownView = createTerminalView(container.current, preferences, {
      files: () => latest.current.files,
      onInput: (data) => channel.current?.input(data),
      onSize: (cols, rows) => channel.current?.resize(cols, rows),
      onParsed: (offset) => channel.current?.shown(offset),
      onScreens(wished) {
        short = wished;
        channel.current?.screens(short);
      },
      onClear: () => channel.current?.clear(),
      onPaste: paste,
      onCopy: (text) => void (text !== "" && copyText(text).catch(toasts.error)),
      onLink: setLink,
      onFound: setFound,
      onBehind: setBehind,
      onTitle: (title) => latest.current.onTitle(title),
      onKey(key) {
        if (key === "larger") changeFontSize(1);
        else if (key === "smaller") changeFontSize(-1);
        else latest.current.onKey(key);
      },
    });
    let short = true;
    const onNews = (news: ShownNews): void => {
      switch (news.type) {
        case "exit":
          shownView.shellEnded(news.exitCode);
          return latest.current.onExit(news.exitCode);
        case "size":
          return shownView.setSize(news.cols, news.rows);
        case "error":
          // The channel comes back, or says that it is gone.
          return;
        default:
          return assertNever(news);
      }
    };
    view.current = shownView;
    const stopWatching = attachWhileSeen(channel, () => {
      const opened = openChannel(address, terminal, {
        onScreen: shownView.showScreen,
        onOutput: shownView.write,
        onNews,
        onLost() {
          shownView.lost();
          latest.current.onExit(null);
        },
        onStatus: setStatus,
      });
      opened.screens(short);
      return opened;
    });
    shownView.fit();
    latest.current.onReady();
    const stopFitting = fitWithContainer(container.current, shownView);
    return () => {
      stopFitting();
      stopWatching();
      view.current = null;
      shownView[Symbol.dispose]();
      setLink(null);
      setFound(null);
      setBehind(false);
    };
    // The rest is applied to the living view below: a font size must not cost the screen.
  }, [shown, terminal, address?.origin, address?.token]);

  useEffect(() => view.current?.applyTheme(), [theme]);
  useEffect(() => view.current?.applyPreferences(preferences), [preferences]);
  useEffect(() => void (connected && channel.current?.retry()), [connected]);

  return {
    view,
    status,
    link,
    found,
    behind,
    held,
    paste,
    release(answer) {
      if (answer === "paste" && held) view.current?.paste(held.text);
      setHeld(null);
      view.current?.focus();
    },
  };
}

/** Keeps the channel open while the page is seen: in a hidden tab nothing streams, and the daemon answers for it. */
function attachWhileSeen(
  channel: RefObject<TerminalChannel | null>,
  open: () => TerminalChannel,
): () => void {
  const end = (): void => {
    channel.current?.[Symbol.dispose]();
    channel.current = null;
  };
  const follow = (): void => {
    if (document.hidden) end();
    else channel.current ??= open();
  };
  document.addEventListener("visibilitychange", follow);
  follow();
  return () => {
    document.removeEventListener("visibilitychange", follow);
    end();
  };
}

/** Fits the grid to its container, at most once a frame. */
function fitWithContainer(container: HTMLElement, view: TerminalView): () => void {
  let frame = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => view.fit());
  });
  observer.observe(container);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}
