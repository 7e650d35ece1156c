import type { Notebook } from "@convfuse/kernel";
import type { VNode } from "preact";
import type { Language } from "../languages.js";
import type { Lesson } from "../lesson.js";
import { neededProgram } from "../needed-program.js";
import type { ApiLinks } from "./api-links.js";
import { FigureCell, isFigureCell } from "./figure-cell.js";
import type { Highlighter } from "./highlight.js";
import { LiveBar } from "./live-bar.js";
import { LiveCell } from "./live-cell.js";
import { liveStart } from "./live-scripts.js";
import type { Heading, MarkdownRenderer, Prose } from "./markdown.js";
import { OutputView, plotlyMime } from "./output.js";
import { contentId, renderPage } from "./page.js";

type Cell = Notebook["cells"][number];

/** What turns cells into HTML. */
export interface Renderers {
  readonly markdown: MarkdownRenderer;
  readonly highlight: Highlighter;
}

/**
 * The page of one lesson. `lessons` are all of its language, in order; `links` lead from names in its code to
 * the API reference.
 */
export function lessonPage(
  lesson: Lesson,
  lessons: readonly Lesson[],
  language: Language,
  root: string,
  renderers: Renderers,
  links: ApiLinks,
): string {
  const index = lessons.indexOf(lesson);
  const { cells } = lesson.notebook;
  const codeCells: readonly Cell[] = cells.filter((cell) => cell.cell_type === "code");
  const prose = new Map(
    cells
      .filter((cell) => cell.cell_type === "markdown" && !isFigureCell(cell.source))
      .map((cell, i) => [cell, renderers.markdown(cell.source, cell.id ?? `cell-${i}`)]),
  );
  const views = cells.map((cell, place) => (
    <CellView
      cell={cell}
      index={place}
      number={codeCells.indexOf(cell) + 1}
      prose={prose.get(cell)}
      language={language}
      highlight={renderers.highlight}
      markdown={renderers.markdown}
      links={links}
    />
  ));
  const headings = [...prose.values()].flatMap((one) => one.headings).filter(({ level }) => level === 2);
  const hasFigures = cells.some((cell) => cell.cell_type === "markdown" && isFigureCell(cell.source));
  return renderPage({
    title: `${lesson.title} · convfuse`,
    description: lesson.description,
    language,
    root,
    file: `${lesson.name}.html`,
    hasPlots: cells.some(hasPlot),
    scripts: [...(hasFigures ? ["figures.js"] : []), ...(codeCells.length > 0 ? liveStart : [])],
    styles: [...(hasFigures ? ["figures.css"] : []), ...(codeCells.length > 0 ? ["live.css"] : [])],
    children: (
      <main id={contentId} class="lesson" data-live={lesson.name}>
        {codeCells.length > 0 && <LiveBar language={language} />}
        <article>
          {views[0]}
          {headings.length > 2 && <Contents headings={headings} title={language.site.contents} />}
          {views.slice(1)}
        </article>
        <footer>
          <nav class="steps" aria-label={language.lessons}>
            <StepLink lesson={lessons[index - 1]} label={`← ${language.previous}`} />
            <StepLink lesson={lessons[index + 1]} label={`${language.next} →`} />
          </nav>
          <p class="ways small">
            <a href={`${lesson.name}.ipynb`} download>
              {language.download}
            </a>
            <button type="button" class="print">
              {language.site.print}
            </button>
          </p>
        </footer>
      </main>
    ),
  });
}

/** The list of a page's sections: beside the text where there is room, else below the title. */
function Contents({
  headings,
  title,
}: {
  readonly headings: readonly Heading[];
  readonly title: string;
}): VNode {
  return (
    <nav class="contents" aria-label={title}>
      <div>
        <p aria-hidden="true">{title}</p>
        <ol>
          {headings.map(({ id, text }) => (
            <li>
              <a href={`#${id}`}>{text}</a>
            </li>
          ))}
        </ol>
      </div>
    </nav>
  );
}

function StepLink({ lesson, label }: { readonly lesson: Lesson | undefined; readonly label: string }): VNode {
  if (!lesson) return <span />;
  return (
    <a href={`${lesson.name}.html`}>
      <span class="small">{label}</span>
      <br />
      {lesson.title}
    </a>
  );
}

function CellView(props: {
  readonly cell: Cell;
  /** Among all cells. */
  readonly index: number;
  /** Among those with code, from 1. */
  readonly number: number;
  /** What a cell of Markdown says. */
  readonly prose: Prose | undefined;
  readonly language: Language;
  readonly highlight: Highlighter;
  readonly markdown: MarkdownRenderer;
  readonly links: ApiLinks;
}): VNode | null {
  const { cell, prose, language, highlight, links } = props;
  const { source } = cell;
  // The form in which JupyterLab links to a cell, so that one link serves both.
  const anchor = `cell-id=${cell.id}`;
  if (cell.cell_type === "markdown" && isFigureCell(source))
    return <FigureCell source={source} anchor={anchor} language={language} markdown={props.markdown} />;
  if (prose !== undefined) {
    return <section id={anchor} class="prose" dangerouslySetInnerHTML={{ __html: prose.html }} />;
  }
  if (cell.cell_type !== "code") return null;
  return (
    <LiveCell
      id={anchor}
      index={props.index}
      number={props.number}
      language={language}
      source={highlight(source, "typescript", links)}
      needs={neededProgram(cell)}
    >
      {cell.outputs.map((output) => (
        <OutputView output={output} language={language} />
      ))}
    </LiveCell>
  );
}

function hasPlot(cell: Cell): boolean {
  return (
    cell.cell_type === "code" &&
    cell.outputs.some(
      (output) =>
        (output.output_type === "display_data" || output.output_type === "execute_result") &&
        output.data[plotlyMime] !== undefined,
    )
  );
}
