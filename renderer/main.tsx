import { createRoot } from "react-dom/client";
import { findAddress, redeemTicket } from "./ipc/address.ts";
import { startSync } from "./ipc/sync.ts";
import { App } from "./shell/App.tsx";
import { NoToken } from "./shell/NoToken.tsx";
import { loadPartsWhenIdle } from "./shell/parts.tsx";
import { StoresProvider } from "./state/context.tsx";
import { createFleetStore } from "./state/fleet.ts";
import { isFirstWindow, openFirstSessions } from "./state/first-sessions.ts";
import { createViewStore } from "./state/view.ts";
import { Boundary } from "./ui/Boundary.tsx";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.querySelector("#root");
if (!root) throw new Error("index.html has a #root");

await redeemTicket();
const address = findAddress();
if (address === null) {
  createRoot(root).render(<NoToken />);
} else {
  const fleet = createFleetStore();
  const view = createViewStore();
  if (isFirstWindow(view)) openFirstSessions(fleet, view);
  const stores = { fleet, view, sync: startSync(address, fleet) };
  createRoot(root).render(
    <StoresProvider stores={stores}>
      <Boundary>
        <App />
      </Boundary>
    </StoresProvider>,
  );
  loadPartsWhenIdle();
}
