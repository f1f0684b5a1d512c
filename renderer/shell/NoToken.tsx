import styles from "./Empty.module.css";

/** What a page says that does not know whom to speak to. */
export function NoToken() {
  return (
    <main className={styles.page}>
      <div className={styles.empty}>
        <h1 className={styles.title}>This page has no token</h1>
        <p className={styles.words}>
          Oriel shows your sessions only to who has its address. Open the one that <code>npm start</code>{" "}
          printed: it ends with <code>#token=…</code>. If it is gone, run <code>npm start</code> again; your
          sessions go on meanwhile.
        </p>
      </div>
    </main>
  );
}
