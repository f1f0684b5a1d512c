import { useEffect, useState } from "react";
import { useStores } from "../../state/context.tsx";

/** The folder at this path, absolute, where it is a git repository; null while that is not known, and where it is none. */
export function useRepositoryAt(path: string | null): string | null {
  const { sync } = useStores();
  const [found, setFound] = useState<{ readonly path: string; readonly folder: string | null }>();
  useEffect(() => {
    if (path === null) return;
    let current = true;
    const set = (folder: string | null): void => {
      if (current) setFound({ path, folder });
    };
    // The folder itself: without the slash it would be the beginning of a name.
    const asked = sync.client()?.projects.browse({ path: path.endsWith("/") ? path : `${path}/` });
    // A path that can't be read is no repository; the dialog for projects is where one learns why.
    asked?.then(({ folder, repository }) => set(repository ? folder : null)).catch(() => set(null));
    return () => {
      current = false;
    };
  }, [path, sync]);
  return found !== undefined && found.path === path ? found.folder : null;
}
