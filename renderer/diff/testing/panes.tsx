/** One pane of a fixture session, alone on the page: `panes.html?pane=terminal&theme=dark`, for tests and screenshots. */
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { StoresProvider } from "../../state/context.tsx";
import "../../styles/tokens.css";
import "../../styles/base.css";
import { setScreenReader } from "../../terminal/preferences.ts";
import { TerminalPane } from "../../terminal/TerminalPane.tsx";
import { openFixture } from "../../testing/fixture-host.ts";
import type { Fixture } from "../../testing/fixture-host.ts";
import { SCENES } from "../../testing/scenes.ts";
import { Toasts } from "../../ui/toasts.tsx";
import { DiffPane } from "../DiffPane.tsx";

declare global {
  interface Window {
    panes: {
      readonly fixture: Fixture;
      /** WebGL contexts that the page has: of those that it was given, all that are not lost. */
      contexts(): number;
      setVisible(visible: boolean): void;
    };
  }
}

const contexts: WebGL2RenderingContext[] = [];
HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {
  apply(getContext, canvas, given) {
    const context: unknown = Reflect.apply(getContext, canvas, given);
    if (context instanceof WebGL2RenderingContext && !contexts.includes(context)) contexts.push(context);
    return context;
  },
});

const query = new URLSearchParams(location.search);
const session = query.get("session") ?? "ses_tests";
/** So many panes, each of another session. */
const count = Number(query.get("count") ?? 1);
document.documentElement.dataset["theme"] = query.get("theme") ?? "dark";
// A canvas has no text that a test could read; the tree for screen readers has.
if (query.get("screenReader") === "true") setScreenReader(true);
const { fixture, stores } = openFixture(SCENES.columns());

const usable = Object.values(fixture.fleet.getState().sessions).filter(
  ({ worktree, trash }) => worktree && !trash,
);
const sessions = [session, ...usable.map(({ id }) => id).filter((id) => id !== session)].slice(0, count);
const style = { height: `${100 / count}vh` };

function Panes() {
  const [visible, setVisible] = useState(query.get("visible") !== "false");
  window.panes = {
    fixture,
    contexts: () => contexts.filter((context) => !context.isContextLost()).length,
    setVisible,
  };
  return sessions.map((id) => (
    <div key={id} style={style}>
      {query.get("pane") === "diff" ? (
        <DiffPane session={id} visible={visible} />
      ) : (
        <TerminalPane session={id} visible={visible} />
      )}
    </div>
  ));
}

const root = document.querySelector("#root");
if (!root) throw new Error("panes.html has a #root");
createRoot(root).render(
  <StoresProvider stores={stores}>
    <Panes />
    <Toasts floating />
  </StoresProvider>,
);
