import { memo, useMemo } from "react";
import type { ReactNode } from "react";
import ReactMarkdown from "react-markdown";
import type { Components, ExtraProps } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CopyButton } from "./CopyButton.tsx";
import { markdownBlocks, unclosedCode } from "./markdown-blocks.ts";
import styles from "./Markdown.module.css";

/** Longer texts are shown as they are: nobody reads them formatted, and parsing would stop the page. UTF-16 units. */
const MOST_FORMATTED = 200_000;
const PLUGINS = [remarkGfm];

/**
 * A model's text. It is hostile input: HTML in it is text, nothing is loaded for it, and only web addresses are links.
 * `growing` renders it block by block, so that a piece more costs one block.
 */
export const Markdown = memo(function Markdown({
  text,
  growing = false,
}: {
  text: string;
  growing?: boolean;
}) {
  const blocks = useMemo(() => (growing ? markdownBlocks(text) : [text]), [text, growing]);
  if (text.length > MOST_FORMATTED) return <div className={styles.plain}>{text}</div>;
  return (
    <div className={styles.markdown}>
      {blocks.map((block, index) => (
        // A block keeps its place: text only grows at its end.
        <Block key={index} text={block} growing={growing && index === blocks.length - 1} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text, growing }: { text: string; growing: boolean }) {
  const code = growing ? unclosedCode(text) : null;
  if (code !== null) {
    return (
      <Fence code={code}>
        <code>{code}</code>
      </Fence>
    );
  }
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} urlTransform={webAddress}>
      {text}
    </ReactMarkdown>
  );
});

const webAddress = (url: string): string => (/^https?:\/\//i.test(url) ? url : "");

function Link({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  if (!href) return <span className={styles.reference}>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {children}
    </a>
  );
}

/** An image is named, not loaded: its address would tell its server who reads this, and when. */
function Image({ src, alt }: { src?: unknown; alt?: string | undefined }) {
  const name = `Image: ${alt || "without a description"}`;
  return typeof src === "string" ? <Link href={webAddress(src)}>{name}</Link> : <span>{name}</span>;
}

function Fence({ code, children }: { code: string; children: ReactNode }) {
  return (
    <div className={styles.fence}>
      <pre tabIndex={0}>{children}</pre>
      <CopyButton what="code" text={() => code} />
    </div>
  );
}

const textOf = (node: Nodes): string => {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
};

type Nodes = NonNullable<ExtraProps["node"]> | NonNullable<ExtraProps["node"]>["children"][number];

/** A message stands below a session's title, so its own headings begin further down. */
const COMPONENTS: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => <Image src={src} alt={alt} />,
  pre: ({ node, children }) => <Fence code={node ? textOf(node) : ""}>{children}</Fence>,
  h1: ({ children }) => <h4>{children}</h4>,
  h2: ({ children }) => <h5>{children}</h5>,
  h3: ({ children }) => <h6>{children}</h6>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  input: ({ checked }) => (
    <>
      <span aria-hidden>{checked ? "☑ " : "☐ "}</span>
      <span className="visually-hidden">{checked ? "done: " : "to do: "}</span>
    </>
  ),
  table: ({ children }) => (
    <div className={styles.table} role="group" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
};
