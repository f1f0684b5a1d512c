import { useMemo } from "react";
import { useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import styles from "./ConnectionBanner.module.css";

/** Says when what is shown may be old, and since when. Nothing while all is well. */
export function ConnectionBanner() {
  const connection = useFleet((state) => state.connection);
  const loaded = useFleet((state) => state.loaded);
  const updated = useFleet((state) => state.updated);
  const since = useMemo(() => (connection === "lost" ? new Date() : null), [connection]);
  if (connection === "refused") {
    return (
      <p className={styles.banner} role="alert">
        Oriel does not take this page’s token any more. Open the address that <code>npm start</code> printed
        last.
      </p>
    );
  }
  if (since === null) return updated && <Updated />;
  const time = since.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return (
    <p className={styles.banner} role="status">
      <span aria-hidden>◌ </span>
      {loaded
        ? `The connection to Oriel is lost. What you see is as of ${time}; agents that run go on. Reconnecting…`
        : "Oriel does not answer yet. Trying again…"}
    </p>
  );
}

/** Not reloaded by itself: somebody may be typing. */
function Updated() {
  return (
    <p className={styles.updated} role="status">
      Oriel was updated while this page was open. <Button onClick={() => location.reload()}>Reload</Button>
    </p>
  );
}
