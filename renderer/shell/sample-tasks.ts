/** What "Try the sample project" delegates: a chore for each recipe of the offline demo, which needs no key. */
export const SAMPLE_TASKS = [
  { title: "Add missing tests", task: "Add the missing tests and fix the bug that they find." },
  { title: "Fix lint", task: "Run the linter and fix what it finds." },
  { title: "Write API docs", task: "Write the API docs in docs/API.md from the source." },
  { title: "Containerize", task: "Write a Dockerfile and check it." },
].map((task) => ({ ...task, model: "offline" }));
