import type { MenuItemConstructorOptions } from "electron";
import type { MenuCommand } from "#shared/session/window-commands.ts";

type Send = (command: MenuCommand) => void;

/**
 * The window's menu: the system's own items, and the page's commands. Their keys are the page's, which also work in a
 * browser's tab: the menu shows them and does not take them.
 */
export function menuTemplate(platform: NodeJS.Platform, send: Send): MenuItemConstructorOptions[] {
  const item = (label: string, id: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => send(id),
    ...(accelerator && { accelerator, registerAccelerator: false }),
  });
  const settings = item("Settings…", "settings", "CmdOrCtrl+,");
  const mac = platform === "darwin";
  const own: MenuItemConstructorOptions = {
    label: "Oriel",
    submenu: [
      { role: "about" },
      { type: "separator" },
      settings,
      { type: "separator" },
      { role: "services" },
      { role: "hide" },
      { role: "hideOthers" },
      { role: "unhide" },
      { type: "separator" },
      { role: "quit" },
    ],
  };
  return [
    ...(mac ? [own] : []),
    {
      label: "File",
      submenu: [
        item("New Sessions…", "new-session", "CmdOrCtrl+I"),
        item("Add a Project…", "add-project"),
        { type: "separator" },
        ...(mac ? [] : [settings, { type: "separator" } as const]),
        item("Stop Everything…", "stop-all"),
        { role: mac ? "close" : "quit" },
      ],
    },
    { role: "editMenu" },
    {
      label: "View",
      submenu: [
        item("Find a Session or a Command…", "palette", "CmdOrCtrl+K"),
        item("Next That Needs You", "next-needs-you", "CmdOrCtrl+J"),
        { type: "separator" },
        item("Columns", "columns"),
        item("Wall", "wall"),
        item("Focus", "focus"),
        item("Show or Hide the Sidebar", "sidebar", "CmdOrCtrl+B"),
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "togglefullscreen" },
      ],
    },
    { role: "windowMenu" },
    { role: "help", submenu: [item("Shortcuts", "shortcuts", "CmdOrCtrl+/")] },
  ];
}
