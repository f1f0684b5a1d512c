/**
 * Stands for the module `electron`, as strictly as it can: it has what the shell uses and throws at everything else, so
 * that a member that the shell comes to use must be thought about here first. What was done to it is in `fake`.
 */
import { EventEmitter } from "node:events";

/** Throws at members that the fake does not have: a typo, or something that the shell was not made to use. */
function strict<Target extends object>(name: string, target: Target): Target {
  return new Proxy(target, {
    get(object, key, receiver) {
      if (typeof key === "symbol" || key === "then" || key in object)
        return Reflect.get(object, key, receiver);
      throw new Error(`the fake electron has no ${name}.${key}`);
    },
    set(object, key, value) {
      if (!(key in object)) throw new Error(`the fake electron has no ${name}.${String(key)} to set`);
      return Reflect.set(object, key, value);
    },
  });
}

type Listener = (...parameters: unknown[]) => unknown;
type Answer = (value: unknown) => void;

export interface FakeEvent {
  readonly url: string;
  prevented: boolean;
  preventDefault(): void;
}

export const fakeEvent = (url = ""): FakeEvent => ({
  url,
  prevented: false,
  preventDefault() {
    this.prevented = true;
  },
});

export class FakeContents extends EventEmitter {
  readonly sent: unknown[] = [];
  readonly mainFrame: { origin: string };
  openHandler: ((details: { url: string }) => unknown) | null = null;
  reloads = 0;
  url: string;
  constructor(url: string) {
    super();
    this.url = url;
    this.mainFrame = { origin: URL.canParse(url) ? new URL(url).origin : "null" };
  }
  getURL(): string {
    return this.url;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => unknown): void {
    this.openHandler = handler;
  }
  send(channel: string, message: unknown): void {
    this.sent.push([channel, message]);
  }
  reload(): void {
    this.reloads += 1;
  }
}

class FakeWindow extends EventEmitter {
  readonly options: { readonly webPreferences: Readonly<Record<string, unknown>> } & Readonly<
    Record<string, unknown>
  >;
  readonly contents = new FakeContents("");
  readonly calls: string[] = [];
  focused = false;
  minimized = false;
  maximized = false;
  bounds = { x: 10, y: 20, width: 1000, height: 700 };
  constructor(options: FakeWindow["options"]) {
    super();
    this.options = options;
    fake.windows.push(this);
    fake.app.emit("web-contents-created", fakeEvent(), this.webContents);
    return strict("BrowserWindow", this);
  }
  get webContents(): FakeContents {
    return this.contents;
  }
  async loadURL(url: string): Promise<void> {
    this.calls.push(`load ${url}`);
    this.contents.url = url;
    this.contents.mainFrame.origin = new URL(url).origin;
  }
  show(): void {
    this.calls.push("show");
  }
  focus(): void {
    this.calls.push("focus");
  }
  restore(): void {
    this.calls.push("restore");
  }
  maximize(): void {
    this.calls.push("maximize");
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isFocused(): boolean {
    return this.focused;
  }
  getNormalBounds(): FakeWindow["bounds"] {
    return this.bounds;
  }
  setOverlayIcon(_icon: unknown, description: string): void {
    this.calls.push(`overlay ${description}`);
  }
  close(): void {
    this.emit("close", fakeEvent());
    this.emit("closed");
    fake.app.emit("window-all-closed");
  }
}

class FakeTray extends EventEmitter {
  tooltip = "";
  menu: FakeMenu | null = null;
  constructor(_image: unknown) {
    super();
    fake.trays.push(this);
    return strict("Tray", this);
  }
  setToolTip(text: string): void {
    this.tooltip = text;
  }
  setImage(_image: unknown): void {}
  setContextMenu(menu: FakeMenu): void {
    this.menu = menu;
  }
}

class FakeNotification extends EventEmitter {
  readonly options: { readonly title: string; readonly body: string };
  shown = false;
  constructor(options: FakeNotification["options"]) {
    super();
    this.options = options;
    fake.notifications.push(this);
    return strict("Notification", this);
  }
  show(): void {
    this.shown = true;
  }
}

export interface FakeItem {
  readonly label?: string;
  readonly role?: string;
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly submenu?: readonly FakeItem[];
  readonly click?: (item: { readonly checked: boolean }) => void;
}
export interface FakeMenu {
  readonly template: readonly FakeItem[];
}

const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  setPath: (name: string, place: string) => void fake.paths.set(name, place),
  requestSingleInstanceLock: () => fake.lock,
  enableSandbox: () => void fake.done.push("enableSandbox"),
  whenReady: async () => undefined,
  setBadgeCount: (count: number) => {
    fake.badge = count;
    return true;
  },
  quit: () => {
    fake.done.push("quit");
    const event = fakeEvent();
    fake.app.emit("will-quit", event);
    if (!event.prevented) fake.exited(0);
  },
  exit: (code: number) => fake.exited(code),
});

/** What the shell did, and what the system would do to it. Made anew by `resetFake`. */
export const fake = {
  app,
  windows: [] as FakeWindow[],
  trays: [] as FakeTray[],
  notifications: [] as FakeNotification[],
  menu: null as FakeMenu | null,
  paths: new Map<string, string>(),
  done: [] as string[],
  errors: [] as string[],
  opened: [] as string[],
  badge: 0,
  lock: true,
  /** The keychain: null where the system has none; `basic_text` is no keychain. */
  backend: "gnome_libsecret" as string | null,
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
  handlers: new Map<string, Listener>(),
  permissionRequest: null as Listener | null,
  permissionCheck: null as Listener | null,
  devicePermission: null as Listener | null,
  beforeRequest: null as ((details: { url: string }, answer: Answer) => void) | null,
  headersReceived: null as ((details: object, answer: Answer) => void) | null,
  exited: (_code: number): void => undefined,
};

const pristine = { ...fake };

/** A system that was just started. */
export function resetFake(): void {
  app.removeAllListeners();
  ipc.removeAllListeners();
  Object.assign(fake, pristine, {
    windows: [],
    trays: [],
    notifications: [],
    paths: new Map(),
    done: [],
    errors: [],
    opened: [],
    handlers: new Map(),
  });
}

const ipc = Object.assign(new EventEmitter(), {
  handle: (channel: string, handler: Listener) => void fake.handlers.set(channel, handler),
});

const electron = {
  app: strict("app", app),
  BrowserWindow: FakeWindow,
  Tray: FakeTray,
  Notification: FakeNotification,
  Menu: strict("Menu", {
    buildFromTemplate: (template: readonly FakeItem[]): FakeMenu => ({ template }),
    setApplicationMenu: (menu: FakeMenu) => {
      fake.menu = menu;
    },
  }),
  dialog: strict("dialog", {
    showErrorBox: (title: string, text: string) => void fake.errors.push(`${title}: ${text}`),
  }),
  ipcMain: strict("ipcMain", ipc),
  nativeImage: strict("nativeImage", {
    createFromBitmap: (pixels: Buffer, size: object) => ({ pixels, size }),
  }),
  nativeTheme: strict("nativeTheme", { shouldUseDarkColors: true }),
  screen: strict("screen", { getAllDisplays: () => fake.displays }),
  shell: strict("shell", { openExternal: async (url: string) => void fake.opened.push(url) }),
  safeStorage: strict("safeStorage", {
    isEncryptionAvailable: () => fake.backend !== null,
    getSelectedStorageBackend: () => fake.backend,
    encryptString: (text: string) => Buffer.from(text).map((byte) => byte ^ 0xff),
    decryptString: (bytes: Buffer) => {
      const text = Buffer.from(bytes.map((byte) => byte ^ 0xff)).toString();
      if (!/^[\x20-\x7e]+$/.test(text)) throw new Error("could not be decrypted");
      return text;
    },
  }),
  session: strict("session", {
    defaultSession: strict("session.defaultSession", {
      setPermissionRequestHandler: (handler: Listener) => void (fake.permissionRequest = handler),
      setPermissionCheckHandler: (handler: Listener) => void (fake.permissionCheck = handler),
      setDevicePermissionHandler: (handler: Listener) => void (fake.devicePermission = handler),
      webRequest: strict("webRequest", {
        onBeforeRequest: (handler: typeof fake.beforeRequest) => void (fake.beforeRequest = handler),
        onHeadersReceived: (handler: typeof fake.headersReceived) => void (fake.headersReceived = handler),
      }),
    }),
  }),
};

/** For `vi.mock("electron", …)`: what is not in it, vitest itself throws at. */
export const fakeElectron = (): typeof electron => electron;
