/** The provider's key, encrypted by the system's keychain: in a file that is of no use without it. */
import { safeStorage } from "electron";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

export interface Keychain {
  has(): boolean;
  /** The key, or null where there is none that this keychain can read. May wait for a person to unlock the keychain. */
  read(): Promise<string | null>;
  /** Null once it is kept, else why it can't be, in a sentence. */
  set(key: string): Promise<string | null>;
  clear(): void;
}

const NO_KEYCHAIN =
  "This system has no keychain that Oriel could keep it in, and Oriel writes no key into a plain file.";

export function createKeychain(file: string, platform: NodeJS.Platform = process.platform): Keychain {
  const set = async (key: string): Promise<string | null> => {
    const sealed = await seal(key, platform);
    if (sealed === null) return NO_KEYCHAIN;
    writeFileSync(`${file}.new`, sealed, { mode: 0o600 });
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
    return null;
  };
  return {
    has: () => existsSync(file),
    read: async () => {
      if (!existsSync(file)) return null;
      try {
        const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(readFileSync(file));
        if (shouldReEncrypt) await set(result);
        return result;
      } catch {
        // Written under another account or keyring, or not unlocked: the person types it again.
        return null;
      }
    },
    set,
    clear: () => rmSync(file, { force: true }),
  };
}

/** What may be written to a file, or null where nothing but this program's own files would protect it. */
async function seal(key: string, platform: NodeJS.Platform): Promise<Buffer | null> {
  try {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return null;
    const sealed = await safeStorage.encryptStringAsync(key);
    return isOpenToAll(sealed, platform) ? null : sealed;
  } catch {
    return null;
  }
}

/**
 * On Linux without a keyring, Chromium "encrypts" with a password that is in its source, and says that encryption is
 * available. What it made begins with this tag; on other systems the tag is of a key in the keychain.
 * @see https://chromium.googlesource.com/chromium/src/+/main/components/os_crypt/async/browser/fallback_linux_key_provider.cc
 */
const isOpenToAll = (sealed: Buffer, platform: NodeJS.Platform): boolean =>
  platform === "linux" && sealed.subarray(0, 3).toString("latin1") === "v10";
