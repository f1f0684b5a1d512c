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

/** What Electron refuses before it is ready. */
function afterReady(what: string): void {
  if (!fake.ready) throw new Error(`${what} can't be used before the app is ready`);
}

type Listener = (...parameters: unknown[]) => unknown;
type Answer = (value: unknown) => void;

/** An event of Electron's, as far as the shell looks at it. */
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
    // Before anything is loaded, the origin is opaque: the word "null".
    this.mainFrame = { origin: URL.canParse(url) ? new URL(url).origin : "null" };
    return strict("WebContents", this);
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
  destroyed = false;
  bounds = { x: 10, y: 20, width: 1000, height: 700 };
  constructor(options: FakeWindow["options"]) {
    super();
    afterReady("BrowserWindow");
    this.options = options;
    fake.windows.push(this);
    fake.app.emit("web-contents-created", fakeEvent(), this.webContents);
    return strict("BrowserWindow", this);
  }
  /** As the real one, which throws at whoever uses a window that is gone. */
  private alive(): this {
    if (this.destroyed) throw new TypeError("Object has been destroyed");
    return this;
  }
  get webContents(): FakeContents {
    return this.alive().contents;
  }
  async loadURL(url: string): Promise<void> {
    this.alive().calls.push(`load ${url}`);
    this.contents.emit("did-start-navigation", { url, isMainFrame: true, isSameDocument: false });
    this.contents.url = url;
    if (fake.unreachable) {
      // Later, as all that a network says.
      await Promise.resolve();
      this.contents.emit("did-fail-load", fakeEvent(), -102, "ERR_CONNECTION_REFUSED", url, true, 1, 1);
      throw new Error(`ERR_CONNECTION_REFUSED (-102) loading '${url}'`);
    }
    this.contents.mainFrame.origin = new URL(url).origin;
  }
  show(): void {
    this.alive().calls.push("show");
  }
  focus(): void {
    this.alive().calls.push("focus");
  }
  restore(): void {
    this.alive().calls.push("restore");
  }
  maximize(): void {
    this.alive().calls.push("maximize");
  }
  isMinimized(): boolean {
    return this.alive().minimized;
  }
  isMaximized(): boolean {
    return this.alive().maximized;
  }
  isFocused(): boolean {
    return this.alive().focused;
  }
  getNormalBounds(): FakeWindow["bounds"] {
    return this.alive().bounds;
  }
  setOverlayIcon(_icon: unknown, description: string): void {
    this.alive().calls.push(`overlay ${description}`);
  }
  /** As a person closes it. While the app quits, `window-all-closed` is not emitted. */
  close(): void {
    this.alive().emit("close", fakeEvent());
    this.destroyed = true;
    this.emit("closed");
    if (!fake.quitting && fake.windows.every(({ destroyed }) => destroyed))
      fake.app.emit("window-all-closed");
  }
}

class FakeTray extends EventEmitter {
  tooltip = "";
  menu: FakeMenu | null = null;
  constructor(_image: unknown) {
    super();
    afterReady("Tray");
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
  static isSupported(): boolean {
    return fake.notifiable;
  }
  readonly options: { readonly title: string; readonly body: string };
  shown = false;
  constructor(options: FakeNotification["options"]) {
    super();
    afterReady("Notification");
    this.options = options;
    fake.notifications.push(this);
    return strict("Notification", this);
  }
  show(): void {
    this.shown = true;
  }
  close(): void {
    this.shown = false;
    this.emit("close", { reason: "applicationHidden" });
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
  requestSingleInstanceLock: (handed: unknown) => {
    fake.handed = handed;
    return fake.lock;
  },
  setAppUserModelId: (id: string) => void fake.done.push(`app ${id}`),
  enableSandbox: () => {
    if (fake.ready) throw new Error("app.enableSandbox() can only be called before app is ready");
    fake.done.push("enableSandbox");
  },
  whenReady: async () => {
    fake.ready = true;
  },
  setBadgeCount: (count: number) => {
    fake.badge = count;
    return true;
  },
  /** In Electron's order: `before-quit`, each window closes, `will-quit`. */
  quit: () => {
    fake.done.push("quit");
    fake.quitting = true;
    fake.app.emit("before-quit", fakeEvent());
    for (const window of fake.windows) if (!window.destroyed) window.close();
    const event = fakeEvent();
    fake.app.emit("will-quit", event);
    if (!event.prevented) fake.exited(0);
  },
  /** At once: no window is asked, and neither `before-quit` nor `will-quit` is emitted. */
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
  /** What the second start hands to the first. */
  handed: undefined as unknown,
  ready: true,
  quitting: false,
  notifiable: true,
  /** Whether pages can't be loaded, since their host is gone. */
  unreachable: false,
  /** Whether the system has nothing to open an address with. */
  noBrowser: false,
  /** The keychain; `basic_text` where Linux has none, and null where there is no encryption at all. */
  backend: "gnome_libsecret" as "gnome_libsecret" | "keychain" | "basic_text" | null,
  /** Whether what was encrypted should be so again, under a newer key. */
  rotated: false,
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
  defaultSession.removeAllListeners();
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

const defaultSession = Object.assign(new EventEmitter(), {
  setPermissionRequestHandler: (handler: Listener) => void (fake.permissionRequest = handler),
  setPermissionCheckHandler: (handler: Listener) => void (fake.permissionCheck = handler),
  setDevicePermissionHandler: (handler: Listener) => void (fake.devicePermission = handler),
  webRequest: strict("webRequest", {
    onBeforeRequest: (handler: typeof fake.beforeRequest) => void (fake.beforeRequest = handler),
    onHeadersReceived: (handler: typeof fake.headersReceived) => void (fake.headersReceived = handler),
  }),
});

const flipped = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
/** What Chromium's ciphertexts begin with: on Linux 10 is the well-known key, elsewhere it is the keychain's. */
const tagOf = (backend: typeof fake.backend): string => (backend === "gnome_libsecret" ? "v11" : "v10");

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
  shell: strict("shell", {
    openExternal: async (url: string) => {
      if (fake.noBrowser) throw new Error("Failed to open: no application");
      fake.opened.push(url);
    },
  }),
  safeStorage: strict("safeStorage", {
    /** True on Linux also where there is no keyring, and a password that everybody knows stands in for one. */
    isAsyncEncryptionAvailable: async () => fake.ready && fake.backend !== null,
    encryptStringAsync: async (text: string) => {
      afterReady("safeStorage");
      return Buffer.concat([Buffer.from(tagOf(fake.backend)), flipped(Buffer.from(text))]);
    },
    decryptStringAsync: async (bytes: Buffer) => {
      afterReady("safeStorage");
      const result = flipped(bytes.subarray(3)).toString();
      if (bytes.subarray(0, 3).toString() !== tagOf(fake.backend)) throw new Error("Error while decrypting");
      return { result, shouldReEncrypt: fake.rotated };
    },
  }),
  session: strict("session", {
    get defaultSession() {
      afterReady("session.defaultSession");
      return strict("session.defaultSession", defaultSession);
    },
  }),
};

/** For `vi.mock("electron", …)`: what is not in it, vitest itself throws at. */
export const fakeElectron = (): typeof electron => electron;
