import { containerRecipe } from "./recipes/container.ts";
import { docsRecipe } from "./recipes/docs.ts";
import { lintRecipe } from "./recipes/lint.ts";
import { testsRecipe } from "./recipes/tests.ts";
import { stop, type Recipe } from "./steps.ts";

const RECIPES: readonly { readonly words: RegExp; readonly recipe: Recipe }[] = [
  { words: /\b(tests?|testing|bugs?|coverage)\b/i, recipe: testsRecipe },
  { words: /\b(lint|linter|linting)\b/i, recipe: lintRecipe },
  { words: /\b(docs?|document|documentation|jsdoc)\b/i, recipe: docsRecipe },
  { words: /\b(docker\w*|container\w*)\b/i, recipe: containerRecipe },
];

/** The recipe that the task's words name first; else one that says what there is. */
export function chooseRecipe(task: string): Recipe {
  const named = RECIPES.map(({ words, recipe }) => ({ at: task.search(words), recipe }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at);
  return named[0]?.recipe ?? (() => stop(CANNOT));
}

const CANNOT = `I am the offline demo: no language model, but four fixed recipes, and none fits this task. In a small JavaScript project I can

- add missing **tests** from documented examples and fix the bug that they find,
- fix **lint** findings,
- write API **docs** from the source,
- write a **Dockerfile** and check it.

For anything else, set up a model provider (for example with \`OPENAI_API_KEY\`). I changed nothing.`;
