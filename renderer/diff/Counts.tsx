import styles from "./Counts.module.css";

/** Lines that came and went: `+42 −3`. */
export function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className={styles.counts}>
      <span className={styles.added} aria-label={`${added} added`} role="img">
        +{added}
      </span>{" "}
      <span className={styles.removed} aria-label={`${removed} removed`} role="img">
        −{removed}
      </span>
    </span>
  );
}
