import styles from "./Skeleton.module.css";

/** The window's frame before the first view came: what comes takes these places, and nothing jumps. */
export function Skeleton() {
  return (
    <div className={styles.frame} role="status" aria-label="Loading">
      <div className={styles.bar}>Oriel</div>
      <div className={styles.rest}>
        <div className={styles.side}>
          {["a", "b", "c", "d"].map((row) => (
            <div key={row} className={styles.row} />
          ))}
        </div>
        <div className={styles.panes} />
      </div>
    </div>
  );
}
