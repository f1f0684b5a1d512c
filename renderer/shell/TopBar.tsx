import { ArrowLeft, Columns3, LayoutGrid, Menu as MenuIcon, Square } from "lucide-react";
import { memo, useMemo } from "react";
import { cost, tokens } from "#shared/kernel/human.ts";
import { selectRanked } from "../needs-you/rank.ts";
import { useFleet, useStores, useView } from "../state/context.tsx";
import type { Layout } from "../state/view.ts";
import { Button } from "../ui/Button.tsx";
import { Menu } from "../ui/Menu.tsx";
import { keysOf } from "./commands.ts";
import { keysWords } from "./keys.ts";
import styles from "./TopBar.module.css";
import { totalsOf, totalsWords } from "./totals.ts";
import { useNarrow } from "./use-media.ts";

/** What goes on at large, and the ways to change what is seen. */
export const TopBar = memo(function TopBar() {
  const { view } = useStores();
  const narrow = useNarrow();
  const any = useFleet((state) => state.sessionIds.length > 0);
  return (
    <header className={styles.bar}>
      {any && <ListButton narrow={narrow} />}
      <ProjectMenu />
      {any && <Summary />}
      <span className={styles.gap} />
      <Button
        look="quiet"
        className={styles.palette}
        title="Find a session or a command"
        onClick={() => view.setState({ dialog: "palette" })}
      >
        <span>Find</span>
        <kbd className={styles.key}>{keysWords(keysOf("palette") ?? "")}</kbd>
      </Button>
      {!narrow && <LayoutSwitch />}
      <MoreMenu />
    </header>
  );
});

/** Shows and hides the list. On a narrow window it is the way back, and says how many wait there. */
function ListButton({ narrow }: { narrow: boolean }) {
  const { view } = useStores();
  const open = useView((state) => state.sidebarOpen);
  const waiting = useFleet((state) => selectRanked(state)["needs-you"].length);
  const Icon = narrow && !open ? ArrowLeft : MenuIcon;
  return (
    <Button
      look="quiet"
      aria-expanded={open}
      title={`Show or hide the list of sessions (${keysWords(keysOf("sidebar") ?? "")})`}
      onClick={() => view.setState({ sidebarOpen: !open })}
    >
      <Icon size={15} aria-hidden />
      <span className={narrow ? undefined : "visually-hidden"}>Sessions</span>
      {narrow && waiting > 0 && (
        <span className={styles.waiting}>
          <span aria-hidden>◆ </span>
          {waiting}
          <span className="visually-hidden"> need you</span>
        </span>
      )}
    </Button>
  );
}

/** Which project new sessions are for. */
function ProjectMenu() {
  const { view } = useStores();
  const projects = useFleet((state) => state.projects);
  const chosen = useView((state) => state.project);
  const list = useMemo(() => Object.values(projects), [projects]);
  const project = projects[chosen ?? ""] ?? list[0];
  const items = [
    ...list.map(({ id, name }) => ({ words: name, act: () => view.setState({ project: id }) })),
    { words: "Add a project…", act: () => view.setState({ dialog: "add-project" }) },
  ];
  return (
    <h1 className={styles.project}>
      <Menu
        label={project ? `Project: ${project.name}` : "Oriel: add a project"}
        items={items}
        className={styles.projectButton}
      >
        <span className={styles.name}>{project?.name ?? "Oriel"}</span>
        <span aria-hidden className={styles.caret}>
          ▾
        </span>
      </Menu>
    </h1>
  );
}

function Summary() {
  const sessions = useFleet((state) => state.sessions);
  const totals = useMemo(() => totalsOf(sessions), [sessions]);
  const price = cost(totals.cost);
  const title = `What all sessions took, the archived too${totals.costPartial ? "; some of their models have no known price" : ""}`;
  return (
    <p className={styles.summary}>
      <span className={styles.counts} role="status">
        {totalsWords(totals)}
      </span>
      <span className={styles.money} title={title}>
        {price !== "" && ` · ${price}${totals.costPartial ? "+" : ""}`}
        {totals.tokens > 0 && ` · ${tokens(totals.tokens)}`}
      </span>
    </p>
  );
}

const LAYOUTS: readonly { readonly layout: Layout; readonly word: string; readonly icon: typeof Square }[] = [
  { layout: "columns", word: "Columns", icon: Columns3 },
  { layout: "wall", word: "Wall", icon: LayoutGrid },
  { layout: "focus", word: "Focus", icon: Square },
];

/** Real radio buttons: arrows move between them, and a screen reader counts them. */
function LayoutSwitch() {
  const { view } = useStores();
  const now = useView((state) => state.layout);
  return (
    <fieldset className={styles.layouts}>
      <legend className="visually-hidden">Layout</legend>
      {LAYOUTS.map(({ layout, word, icon: Icon }) => (
        <label key={layout} className={styles.layout} title={word}>
          <input
            type="radio"
            name="layout"
            className={styles.radio}
            checked={now === layout}
            onChange={() => view.setState({ layout })}
          />
          <Icon size={15} aria-hidden />
          <span className={styles.layoutWord}>{word}</span>
        </label>
      ))}
    </fieldset>
  );
}

function MoreMenu() {
  const { view } = useStores();
  const narrow = useNarrow();
  const key = (id: string): string => keysWords(keysOf(id) ?? "");
  const items = [
    {
      words: "New sessions",
      shortcut: key("new-session"),
      act: () => view.setState({ dialog: "new-session" }),
    },
    ...(narrow
      ? [{ words: "Wall of all sessions", act: () => view.setState({ layout: "wall", sidebarOpen: false }) }]
      : []),
    { words: "Settings", shortcut: key("settings"), act: () => view.setState({ dialog: "settings" }) },
    { words: "Shortcuts", shortcut: key("shortcuts"), act: () => view.setState({ dialog: "shortcuts" }) },
    { words: "Stop everything…", danger: true, act: () => view.setState({ dialog: "stop-all" }) },
  ] as const;
  return (
    <Menu label="More" items={items}>
      <span aria-hidden>⋯</span>
    </Menu>
  );
}
