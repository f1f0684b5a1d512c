import { Component } from "react";
import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import styles from "./Boundary.module.css";

interface BoundaryProps {
  readonly children: ReactNode;
}

/** Says so where a part of the window breaks, and leaves the rest of the window as it is. */
export class Boundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert" className={styles.broken}>
        <p>This part of the window can't be shown. Your sessions go on, and nothing of them is lost.</p>
        <Button onClick={() => location.reload()}>Load the window again</Button>
        {error instanceof Error && (
          <details>
            <summary>Details</summary>
            <pre className={styles.details}>{error.message}</pre>
          </details>
        )}
      </div>
    );
  }
}
