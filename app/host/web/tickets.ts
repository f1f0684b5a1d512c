/**
 * What a browser is opened with in place of the token: a command line can be read by every user of the machine, for as long
 * as the browser runs. A ticket is worth the token once, within a minute.
 */
import { randomBytes } from "node:crypto";

const VALID_MS = 60_000;
/** Clients that only ask where the page is get one each time, too. */
const MOST = 100;

export interface Tickets {
  issue(): string;
  /** Whether it is worth the token; after that it is not. */
  redeem(ticket: string): boolean;
}

export function createTickets(now: () => number = Date.now): Tickets {
  /** Until when each is valid, the oldest first. */
  const valid = new Map<string, number>();
  return {
    issue: () => {
      const ticket = randomBytes(32).toString("hex");
      valid.set(ticket, now() + VALID_MS);
      const [oldest] = valid.keys();
      if (valid.size > MOST && oldest !== undefined) valid.delete(oldest);
      return ticket;
    },
    redeem: (ticket) => {
      const until = valid.get(ticket);
      valid.delete(ticket);
      return until !== undefined && now() <= until;
    },
  };
}
