/** The provider's key, encrypted by the system's keychain: in a file that is of no use without it. */
import { safeStorage } from "electron";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

export interface Keychain {
  has(): boolean;
  /** The key, or null where there is none that this keychain can read. */
  read(): string | null;
  /** Null once it is kept, else why it can't be, in a sentence. */
  set(key: string): string | null;
  clear(): void;
}

const NO_KEYCHAIN =
  "This system has no keychain that Oriel could keep it in, and Oriel writes no key into a plain file.";

export function createKeychain(file: string, platform: NodeJS.Platform = process.platform): Keychain {
  /** On Linux without a keyring, Electron "encrypts" with a password that everybody knows. */
  const usable = (): boolean =>
    safeStorage.isEncryptionAvailable() &&
    (platform !== "linux" || safeStorage.getSelectedStorageBackend() !== "basic_text");
  return {
    has: () => existsSync(file),
    read: () => {
      if (!existsSync(file) || !usable()) return null;
      try {
        return safeStorage.decryptString(readFileSync(file));
      } catch {
        // Written under another account or keyring: the person types it again.
        return null;
      }
    },
    set: (key) => {
      if (!usable()) return NO_KEYCHAIN;
      writeFileSync(`${file}.new`, safeStorage.encryptString(key), { mode: 0o600 });
      chmodSync(`${file}.new`, 0o600);
      renameSync(`${file}.new`, file);
      return null;
    },
    clear: () => rmSync(file, { force: true }),
  };
}
