import { useId, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { Button } from "./Button.tsx";
import styles from "./Menu.module.css";

export interface MenuItem {
  readonly words: string;
  readonly act: () => void;
  /** The key that does the same from outside the menu. */
  readonly shortcut?: string | undefined;
  readonly danger?: boolean;
  /** Of several that exclude each other: whether it is the one. */
  readonly chosen?: boolean;
}

/** A button with a menu on the browser's own popover: it closes by Escape and by a click beside it, and gives focus back. */
export function Menu({
  label,
  items,
  children,
  className,
}: {
  /** For screen readers, and when pointed at. */
  label: string;
  items: readonly MenuItem[];
  children: ReactNode;
  className?: string | undefined;
}) {
  const id = useId();
  const button = useRef<HTMLSpanElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useLayoutEffect(() => {
    const list = menu.current;
    if (!open || !list || !button.current) return;
    // Not before it is open: measuring lays out the whole page, for every menu that is made.
    const anchor = button.current.getBoundingClientRect();
    const { width, height } = list.getBoundingClientRect();
    list.style.left = `${Math.max(8, Math.min(anchor.right - width, innerWidth - width - 8))}px`;
    list.style.top = `${Math.max(8, Math.min(anchor.bottom + 4, innerHeight - height - 8))}px`;
    list.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  }, [open]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = all.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") menu.current?.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all[(to + all.length) % all.length]?.focus();
  };
  return (
    <span ref={button}>
      <Button
        look="quiet"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        title={label}
        popoverTarget={id}
      >
        {children}
      </Button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        className={styles.menu}
        onToggle={(event) => setOpen(event.newState === "open")}
        onKeyDown={onKeyDown}
      >
        {open &&
          items.map(({ words, act, shortcut, danger, chosen }) => (
            <button
              key={words}
              type="button"
              role={chosen === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={chosen}
              tabIndex={-1}
              className={styles.item}
              data-danger={danger || undefined}
              onClick={() => {
                menu.current?.hidePopover();
                act();
              }}
            >
              {words}
              {chosen && <span aria-hidden>✓</span>}
              {shortcut !== undefined && <kbd className={styles.key}>{shortcut}</kbd>}
            </button>
          ))}
      </div>
    </span>
  );
}
