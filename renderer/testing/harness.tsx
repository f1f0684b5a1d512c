/**
 * The app on a scene, for tests and screenshots: `harness.html?scene=columns&theme=dark`. It is built and opened by
 * e2e/driver/harness.ts, and photographed by e2e/driver/shoot.ts (Node has no place in this folder). A test reaches
 * the scene's stores and log as `window.fixture`.
 */
import { createRoot } from "react-dom/client";
import { App } from "../shell/App.tsx";
import { StoresProvider } from "../state/context.tsx";
import "../styles/tokens.css";
import "../styles/base.css";
import { openFixture, refusal } from "./fixture-host.ts";
import type { Fixture } from "./fixture-host.ts";
import { SCENES } from "./scenes.ts";
import type { SceneName } from "./scenes.ts";

declare global {
  interface Window {
    fixture: Fixture;
    refusal: typeof refusal;
  }
}

const query = new URLSearchParams(location.search);
const isScene = (name: string): name is SceneName => Object.hasOwn(SCENES, name);
const name = query.get("scene") ?? "columns";
if (!isScene(name)) throw new Error(`there is no scene ${name}, only ${Object.keys(SCENES).join(", ")}`);

// Each load is a first one, also in the same browser.
localStorage.clear();
const { fixture, stores } = openFixture(SCENES[name]());
const theme = query.get("theme");
if (theme === "dark" || theme === "light") {
  fixture.fleet.setState((state) => ({ settings: { ...state.settings, theme } }));
}
window.fixture = fixture;
window.refusal = refusal;

const root = document.querySelector("#root");
if (!root) throw new Error("harness.html has a #root");
createRoot(root).render(
  <StoresProvider stores={stores}>
    <App />
  </StoresProvider>,
);
