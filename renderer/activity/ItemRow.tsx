import { memo } from "react";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { ItemContent } from "#shared/session/items.ts";
import type { TranscriptItem } from "#shared/session/transcript.ts";
import { useFleet } from "../state/context.tsx";
import { ApprovalNote } from "./ApprovalNote.tsx";
import { CommandRow } from "./CommandRow.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { AgentMessage, PersonMessage } from "./Message.tsx";
import { FileChangeRow, NoticeRow, QuestionRow, ReasoningRow, ToolRow } from "./small-rows.tsx";

/** An item of a content of one kind. */
export type ItemOf<Kind extends ItemContent["kind"]> = TranscriptItem & {
  readonly content: Extract<ItemContent, { kind: Kind }>;
};

/** One item, which selects itself: another item's events and text leave it alone. */
export const ItemRow = memo(function ItemRow({ session, id }: { session: string; id: string }) {
  const item = useFleet((state) => state.transcripts[session]?.items[id]);
  if (!item) return null;
  const failed = item.failure && item.status !== "denied";
  return (
    <>
      <Content item={item} />
      {item.approval && <ApprovalNote approval={item.approval} />}
      {failed && <FailureNote failure={item.failure} />}
    </>
  );
});

function Content({ item }: { item: TranscriptItem }) {
  const { content } = item;
  switch (content.kind) {
    case "message":
      return content.role === "person" ? (
        <PersonMessage item={{ ...item, content }} />
      ) : (
        <AgentMessage item={{ ...item, content }} />
      );
    case "reasoning":
      return <ReasoningRow item={{ ...item, content }} />;
    case "plan":
      // A plan is docked; what it says here are rows of their own: see rows.ts.
      return null;
    case "command":
      return <CommandRow item={{ ...item, content }} />;
    case "file_change":
      return <FileChangeRow item={{ ...item, content }} />;
    case "tool_call":
      return <ToolRow item={{ ...item, content }} />;
    case "question":
      return <QuestionRow item={{ ...item, content }} />;
    case "notice":
      return <NoticeRow item={{ ...item, content }} />;
    default:
      return assertNever(content);
  }
}
