export interface DemoTask {
  readonly title: string;
  readonly task: string;
}

/** The four chores of `--demo`, one for each recipe. */
export const DEMO_TASKS: readonly DemoTask[] = [
  { title: "Add missing tests", task: "Add the missing tests and fix the bug that they find." },
  { title: "Fix lint", task: "Run the linter and fix what it finds." },
  { title: "Write API docs", task: "Write the API docs in docs/API.md from the source." },
  { title: "Containerize", task: "Write a Dockerfile and check it." },
];
