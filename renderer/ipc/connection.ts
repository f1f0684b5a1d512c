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

/** Opens a connection; null where the host does not answer or does not take the token. */
export async function connect({ origin, token }: Address): Promise<Connection | null> {
  const socket = new WebSocket(`${origin}/rpc`, `oriel.${token}`);
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener("open", () => resolve(true), { once: true });
    socket.addEventListener("close", () => resolve(false), { once: true });
  });
  if (!opened) return null;
  return {
    client: createORPCClient(new RPCLink({ websocket: socket })),
    closed: new Promise((resolve) => socket.addEventListener("close", () => resolve(), { once: true })),
    close: () => socket.close(),
  };
}
