import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import type { contract } from "#shared/session/contract.ts";
import type { Address } from "./address.ts";

export type Client = ContractRouterClient<typeof contract>;

export interface Connection {
  readonly client: Client;
  /** Resolves when the connection ends, for whatever reason. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Opens a connection; says where the host does not answer, or answers and does not take the token. */
export async function connect({ origin, token }: Address): Promise<Connection | "unreachable" | "refused"> {
  const socket = new WebSocket(`${origin}/rpc`, `oriel.${token}`);
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener("open", () => resolve(true), { once: true });
    socket.addEventListener("close", () => resolve(false), { once: true });
  });
  if (!opened) return (await serves(origin)) ? "refused" : "unreachable";
  return {
    client: createORPCClient(new RPCLink({ websocket: socket })),
    closed: new Promise((resolve) => socket.addEventListener("close", () => resolve(), { once: true })),
    close: () => socket.close(),
  };
}

/** A page is not told why its socket was closed; but a host that gives it the page's own file is there. */
const serves = (origin: string): Promise<boolean> =>
  fetch(`${origin.replace(/^ws/, "http")}/index.html`, { method: "HEAD", cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );
