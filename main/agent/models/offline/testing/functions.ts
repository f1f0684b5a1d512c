/**
 * Functions that variations are made of. `$f` stands for the function's name, `$a`, `$b` and `$c` for its parameters. The code is
 * right; each bug is a replacement in it that the documented examples notice. `hidden` is what no documentation says.
 */
export interface Template {
  readonly names: readonly string[];
  readonly params: readonly (readonly string[])[];
  readonly isAsync?: boolean;
  readonly signature: string;
  readonly body: readonly string[];
  readonly doc: readonly string[];
  /** What is documented: an expression and its value, or `throws X`. */
  readonly examples: readonly (readonly [string, string])[];
  readonly bugs: readonly Bug[];
  /** Expressions that must be true. */
  readonly hidden: readonly string[];
}

export interface Bug {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
}

const bug = (kind: string, from: string, to: string): Bug => ({ kind, from, to });

export const TEMPLATES: readonly Template[] = [
  {
    names: ["pageCount", "countPages", "numberOfPages"],
    params: [
      ["total", "count", "entries"],
      ["size", "perPage", "limit"],
    ],
    signature: "$a, $b = 10",
    body: ["if ($a <= 0) return 0;", "return Math.ceil($a / $b);"],
    doc: [
      "How many pages are needed for a number of entries.",
      "@param {number} $a",
      "@param {number} [$b=10] entries on a page",
      "@returns {number}",
    ],
    examples: [
      ["$f(20)", "2"],
      ["$f(21)", "3"],
      ["$f(9, 3)", "3"],
      ["$f(0)", "0"],
      ["$f(-5)", "0"],
    ],
    bugs: [
      bug("wrong rounding", "Math.ceil", "Math.floor"),
      bug("missing default", "$b = 10", "$b"),
      bug("missing guard", "if ($a <= 0) return 0;", ""),
    ],
    hidden: ["$f(101) === 11", "$f(7, 7) === 1", "$f(-12, 5) === 0"],
  },
  {
    names: ["lastItems", "takeLast", "tail"],
    params: [
      ["list", "items", "values"],
      ["count", "n", "howMany"],
    ],
    signature: "$a, $b",
    body: ["if ($b <= 0) return [];", "return $a.slice($a.length - Math.min($b, $a.length));"],
    doc: [
      "The last entries of a list.",
      "@param {unknown[]} $a",
      "@param {number} $b",
      "@returns {unknown[]}",
    ],
    examples: [
      ["$f([1, 2, 3, 4], 2)", "[3, 4]"],
      ["$f([1, 2], 5)", "[1, 2]"],
      ["$f([1, 2], 0)", "[]"],
    ],
    bugs: [
      bug("off by one", "$a.slice($a.length - ", "$a.slice($a.length - 1 - "),
      bug("wrong function", "Math.min", "Math.max"),
    ],
    hidden: ["$f([1, 2, 3], 1)[0] === 3", "$f([5, 6, 7, 8], 3).length === 3"],
  },
  {
    names: ["clampValue", "limitTo", "keepBetween"],
    params: [
      ["value", "x", "amount"],
      ["low", "least", "from"],
      ["high", "most", "upTo"],
    ],
    signature: "$a, $b, $c",
    body: ["return Math.min(Math.max($a, $b), $c);"],
    doc: [
      "Keeps a number between two others.",
      "@param {number} $a",
      "@param {number} $b",
      "@param {number} $c",
      "@returns {number}",
    ],
    examples: [
      ["$f(5, 0, 10)", "5"],
      ["$f(-3, 0, 10)", "0"],
      ["$f(30, 0, 10)", "10"],
    ],
    bugs: [bug("wrong function", "Math.max", "Math.min"), bug("wrong variable", "$b), $c)", "$b), $b)")],
    hidden: ["$f(7, 8, 9) === 8", "$f(-1, -4, -2) === -2"],
  },
  {
    names: ["meanOf", "average", "arithmeticMean"],
    params: [["numbers", "values", "samples"]],
    signature: "$a",
    body: [
      "if ($a.length === 0) return 0;",
      "let sum = 0;",
      "for (let index = 0; index < $a.length; index++) sum += $a[index];",
      "return sum / $a.length;",
    ],
    doc: ["The mean of numbers, 0 for none.", "@param {number[]} $a", "@returns {number}"],
    examples: [
      ["$f([2, 4, 9])", "5"],
      ["$f([7])", "7"],
      ["$f([])", "0"],
    ],
    bugs: [
      bug("off by one", "let index = 0", "let index = 1"),
      bug("missing guard", "if ($a.length === 0) return 0;", ""),
      bug("wrong operator", "sum / $a.length", "sum * $a.length"),
      bug("wrong operator", "sum +=", "sum -="),
    ],
    hidden: ["$f([1, 2]) === 1.5", "$f([10, 20, 30, 40]) === 25"],
  },
  {
    names: ["gradeFor", "levelOf", "rankOf"],
    params: [["points", "score", "result"]],
    signature: "$a",
    body: ['if ($a >= 90) return "gold";', 'if ($a >= 60) return "silver";', 'return "none";'],
    doc: [
      "The medal for points: gold from 90 on, silver from 60 on.",
      "@param {number} $a",
      "@returns {string}",
    ],
    examples: [
      ["$f(90)", '"gold"'],
      ["$f(89)", '"silver"'],
      ["$f(60)", '"silver"'],
      ["$f(59)", '"none"'],
    ],
    bugs: [
      bug("wrong comparison", ">= 90", "> 90"),
      bug("wrong comparison", ">= 60", "> 60"),
      bug("wrong number", ">= 60", ">= 66"),
    ],
    hidden: ['$f(100) === "gold"', '$f(65) === "silver"', '$f(0) === "none"'],
  },
  {
    names: ["withTax", "grossOf", "addTax"],
    params: [
      ["net", "price", "cents"],
      ["rate", "share", "tax"],
    ],
    signature: "$a, $b = 0.19",
    body: ["return Math.round($a * (1 + $b));"],
    doc: [
      "A price with tax, 19 % where none is given.",
      "@param {number} $a cents",
      "@param {number} [$b=0.19]",
      "@returns {number} cents",
    ],
    examples: [
      ["$f(1000)", "1190"],
      ["$f(1000, 0.07)", "1070"],
      ["$f(333, 0.07)", "356"],
    ],
    bugs: [
      bug("wrong operator", "1 + $b", "1 - $b"),
      bug("missing default", "$b = 0.19", "$b"),
      bug("wrong default", "$b = 0.19", "$b = 0.16"),
      bug("wrong rounding", "Math.round", "Math.ceil"),
    ],
    hidden: ["$f(0) === 0", "$f(200, 0.5) === 300", "$f(101, 0.1) === 111"],
  },
  {
    names: ["sortedBy", "orderedBy", "sortOn"],
    params: [
      ["rows", "list", "records"],
      ["key", "field", "column"],
    ],
    signature: "$a, $b",
    body: ["return [...$a].sort((left, right) => left[$b] - right[$b]);"],
    doc: [
      "Records in the order of a numeric field, smallest first. The list itself stays as it is.",
      "@param {Record<string, number>[]} $a",
      "@param {string} $b",
      "@returns {Record<string, number>[]}",
    ],
    examples: [
      ['$f([{ age: 3 }, { age: 1 }], "age")', "[{ age: 1 }, { age: 3 }]"],
      ['$f([], "age")', "[]"],
    ],
    bugs: [bug("swapped sides", "left[$b] - right[$b]", "right[$b] - left[$b]")],
    hidden: ['$f([{ n: 2 }, { n: 9 }, { n: 1 }], "n").map((row) => row.n).join() === "1,2,9"'],
  },
  {
    names: ["fillLeft", "padded", "zeroPadded"],
    params: [
      ["value", "number", "text"],
      ["width", "size", "digits"],
    ],
    signature: "$a, $b = 3",
    body: ['return String($a).padStart($b, "0");'],
    doc: [
      "A number with zeros before it.",
      "@param {number} $a",
      "@param {number} [$b=3]",
      "@returns {string}",
    ],
    examples: [
      ["$f(7)", '"007"'],
      ["$f(42, 5)", '"00042"'],
      ["$f(1234)", '"1234"'],
    ],
    bugs: [
      bug("swapped arguments", '$b, "0"', '"0", $b'),
      bug("wrong function", "padStart", "padEnd"),
      bug("off by one", "padStart($b,", "padStart($b + 1,"),
    ],
    hidden: ['$f(0, 2) === "00"', '$f(99) === "099"'],
  },
  {
    names: ["loadTotal", "fetchSum", "totalOf"],
    params: [
      ["read", "load", "lookup"],
      ["keys", "ids", "names"],
    ],
    isAsync: true,
    signature: "$a, $b",
    body: [
      "let total = 0;",
      "for (const key of $b) {",
      "  const value = await $a(key);",
      "  total += value;",
      "}",
      "return total;",
    ],
    doc: [
      "Sums what a lookup gives for each key.",
      "@param {(key: string) => Promise<number>} $a",
      "@param {string[]} $b",
      "@returns {Promise<number>}",
    ],
    examples: [
      ['await $f(async (key) => key.length, ["a", "bcd"])', "4"],
      ["await $f(async () => 1, [])", "0"],
    ],
    bugs: [
      bug("missing await", "await $a(key)", "$a(key)"),
      bug("wrong operator", "total += value", "total -= value"),
      bug("off by one", "let total = 0", "let total = 1"),
    ],
    hidden: ['(await $f(async () => 5, ["x", "y", "z"])) === 15'],
  },
  {
    names: ["isComplete", "allDone", "everythingSet"],
    params: [
      ["record", "form", "entry"],
      ["fields", "wanted", "needed"],
    ],
    signature: "$a, $b",
    body: ['return $b.every((name) => $a[name] !== undefined && $a[name] !== "");'],
    doc: [
      "Whether all the named fields of a record have a value.",
      "@param {Record<string, string>} $a",
      "@param {string[]} $b",
      "@returns {boolean}",
    ],
    examples: [
      ['$f({ a: "1", b: "2" }, ["a", "b"])', "true"],
      ['$f({ a: "1" }, ["a", "b"])', "false"],
      ['$f({ a: "" }, ["a"])', "false"],
      ["$f({}, [])", "true"],
    ],
    bugs: [bug("wrong function", ".every(", ".some("), bug("wrong operator", "&&", "||")],
    hidden: ['$f({ x: "", y: "1" }, ["y"]) === true', '$f({ x: "", y: "1" }, ["y", "x"]) === false'],
  },
  {
    names: ["weightOf", "sumOfWeights", "totalWeight"],
    params: [["parts", "items", "lines"]],
    signature: "$a",
    body: ["return $a.reduce((sum, part) => sum + part.grams * (part.count ?? 1), 0);"],
    doc: [
      "What parts weigh together. A part without a count counts 1.",
      "@param {{ grams: number, count?: number }[]} $a",
      "@returns {number} grams",
    ],
    examples: [
      ["$f([{ grams: 5, count: 2 }, { grams: 3 }])", "13"],
      ["$f([])", "0"],
    ],
    bugs: [
      bug("missing default", "(part.count ?? 1)", "part.count"),
      bug("missing default", ", 0);", ");"),
      bug("wrong operator", "sum + part", "sum - part"),
      bug("wrong default", "?? 1", "?? 0"),
    ],
    hidden: ["$f([{ grams: 10 }, { grams: 20 }]) === 30", "$f([{ grams: 1, count: 0 }]) === 0"],
  },
  {
    names: ["initialsOf", "shortName", "monogram"],
    params: [["name", "person", "fullName"]],
    signature: "$a",
    body: [
      'const words = $a.split(" ").filter((word) => word.length > 0);',
      'return words.map((word) => word[0].toUpperCase()).join("");',
    ],
    doc: ["The first letters of a name, as capitals.", "@param {string} $a", "@returns {string}"],
    examples: [
      ['$f("ada lovelace")', '"AL"'],
      ['$f("  grace  hopper ")', '"GH"'],
      ['$f("")', '""'],
    ],
    bugs: [
      bug("wrong function", "toUpperCase", "toLowerCase"),
      bug("off by one", "word[0]", "word[1]"),
      bug("off by one", "word.length > 0", "word.length >= 0"),
    ],
    hidden: ['$f("alan mathison turing") === "AMT"'],
  },
  {
    names: ["parseAmount", "readNumber", "toCount"],
    params: [["text", "input", "raw"]],
    signature: "$a",
    body: [
      "const value = Number($a);",
      "if (!Number.isInteger(value) || value < 0) throw new RangeError(`no amount: ${$a}`);",
      "return value;",
    ],
    doc: [
      "Reads a whole number that is not negative.",
      "@param {string} $a",
      "@returns {number}",
      "@throws {RangeError} for anything else",
    ],
    examples: [
      ['$f("12")', "12"],
      ['$f("0")', "0"],
      ['$f("-1")', "throws RangeError"],
      ['$f("1.5")', "throws RangeError"],
    ],
    bugs: [
      bug("wrong operator", "||", "&&"),
      bug("wrong comparison", "value < 0", "value <= 0"),
      bug("negation", "!Number.isInteger", "Number.isInteger"),
    ],
    hidden: ['$f("700") === 700', '$f("1") === 1'],
  },
  {
    names: ["elapsedDays", "daysBetween", "dayDistance"],
    params: [
      ["start", "first", "begin"],
      ["end", "second", "until"],
    ],
    signature: "$a, $b",
    body: [
      "const milliseconds = Date.parse($b) - Date.parse($a);",
      "return Math.round(milliseconds / 86_400_000);",
    ],
    doc: [
      "Days from one date to another; negative when the other one is earlier.",
      "@param {string} $a",
      "@param {string} $b",
      "@returns {number}",
    ],
    examples: [
      ['$f("2024-02-28", "2024-03-01")', "2"],
      ['$f("2024-01-05", "2024-01-01")', "-4"],
    ],
    bugs: [
      bug("swapped arguments", "Date.parse($b) - Date.parse($a)", "Date.parse($a) - Date.parse($b)"),
      bug("wrong operator", "milliseconds / 86", "milliseconds * 86"),
      bug("wrong operator", "Date.parse($b) -", "Date.parse($b) +"),
    ],
    hidden: ['$f("2023-12-31", "2024-12-31") === 366'],
  },
];
