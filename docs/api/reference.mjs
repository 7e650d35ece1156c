// The API reference: one page for each public name, from its docstring.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Application,
  Comment,
  CommentTag,
  Converter,
  JSX,
  PageEvent,
  ReflectionKind,
  RendererEvent,
} from "typedoc";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** What can be imported: each has a part of its own, with a page for each of its public names. */
const documented = [
  { module: "@convfuse/core", package: "core", entry: "src/index.ts" },
  { module: "@convfuse/figures", package: "figures", entry: "src/index.ts" },
  { module: "@convfuse/kernel", package: "kernel", entry: "src/index.ts" },
  {
    module: "@convfuse/kernel/browser",
    package: "kernel",
    entry: "src/session/browser/connect-session.ts",
    description: "A session of the kernel in a browser's worker, without Node.",
  },
  { module: "@convfuse/onnx", package: "onnx", entry: "src/index.ts" },
];

/** Where core's names stand in its part: by the first of these folders that their source is in. */
const categories = [
  ["nn/layers/", "Layers"],
  ["nn/blocks/", "Blocks and networks"],
  ["nn/networks/", "Blocks and networks"],
  ["nn/", "Modules and state dicts"],
  ["ops/", "Operations"],
  ["fuse/", "Fusing"],
  ["proof/", "Proof"],
  ["algebra/", "Algebra of linear kernels"],
  ["graph/", "Networks as data"],
  ["plan/", "Plans and engines"],
  ["engines/", "Plans and engines"],
  ["io/", "Files"],
  ["random/", "Random numbers"],
  ["tensor/", "Tensors"],
  ["measure/", "Measuring"],
  ["", "Errors and options"],
];

/**
 * Writes the reference, and `names.json`: for each package, the page of every public name. The folder is replaced whole, once everything is written.
 *
 * @param {string} folder where it goes
 * @returns {Promise<number>} the number of pages
 * @throws Error where TypeDoc warns: of a link that leads nowhere, or of a type that is quoted and not public
 */
export async function writeReference(folder) {
  const app = await Application.bootstrap({
    entryPoints: documented.map((each) => join(packages, each.package, each.entry)),
    tsconfig: fileURLToPath(new URL("tsconfig.json", import.meta.url)),
    name: "convfuse API",
    readme: fileURLToPath(new URL("index.md", import.meta.url)),
    customCss: fileURLToPath(new URL("style.css", import.meta.url)),
    // Nobody knows yet where the sources will be published.
    disableSources: true,
    disableGit: true,
    hideGenerator: true,
    includeVersion: true,
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    // The build has checked the types.
    skipErrorChecking: true,
    sort: ["kind", "alphabetical"],
    categorizeByGroup: false,
    navigation: { includeCategories: true, includeGroups: false },
    preservedTypeAnnotationTags: ["@throws"],
    validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
  });
  await nameModules(app);
  sortIntoCategories(app);
  listErrors(app);
  // A browser refuses images of other files to a page that was opened from a file; every page has these within itself as well.
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents
      ?.replaceAll(/href="[^"]*assets\/icons\.svg#/g, 'href="#')
      // Where a screen reader's "to the main part" leads, and the list of what is on the page: the theme does not say.
      .replace('<div class="col-content">', '<div class="col-content" role="main">')
      .replace(
        '<div class="page-menu">',
        '<div class="page-menu" role="navigation" aria-label="On this page">',
      );
    if (page.contents) page.contents = levelHeadings(page.contents);
  });
  app.renderer.hooks.on("footer.begin", (context) =>
    JSX.createElement(
      "p",
      null,
      JSX.createElement("a", { href: context.relativeURL("../index.html") }, "The lecture"),
    ),
  );
  const project = await app.convert();
  if (!project) throw new Error("the packages' sources could not be read");
  app.validate(project);
  const pages = pagesOf(app);
  const temporary = `${folder}.${process.pid}`;
  try {
    await mkdir(dirname(folder), { recursive: true });
    await app.generateDocs(project, temporary);
    if (app.logger.hasErrors() || app.logger.hasWarnings())
      throw new Error("TypeDoc warned; the reference is left as it was");
    await writeFile(join(temporary, "names.json"), `${JSON.stringify(pages.names, null, 1)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return pages.count();
}

/** The theme's headings skip levels, by which a screen reader's user finds the way: each says the next level that there is. */
function levelHeadings(html) {
  const open = [];
  return html.replaceAll(/<h([1-6])(?=[ >])/g, (tag, digit) => {
    while (open.length > 0 && open.at(-1) >= Number(digit)) open.pop();
    open.push(Number(digit));
    return open.length === Number(digit) ? tag : `${tag} aria-level="${open.length}"`;
  });
}

/** Each part is called as it is imported, and says of itself what its package.json says, or what stands above. */
async function nameModules(app) {
  const descriptions = new Map();
  for (const { module, package: name, description } of documented) {
    const manifest = JSON.parse(await readFile(join(packages, name, "package.json"), "utf8"));
    descriptions.set(module, description ?? manifest.description);
  }
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    // TypeDoc's name is the entry's path, without what all entries have in common.
    const { module } = documented.find(
      ({ package: name, entry }) => reflection.name === `${name}/${entry.replace(/(\/index)?\.ts$/, "")}`,
    );
    reflection.name = module;
    reflection.comment = new Comment([{ kind: "text", text: descriptions.get(module) }]);
  });
}

/** Core has too many names for one list; a name's folder says what it is about. */
function sortIntoCategories(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
      if (reflection.parent?.name !== "@convfuse/core") continue;
      const path = project
        .getSymbolIdFromReflection(reflection)
        ?.packagePath.replace(/^(packages\/core\/)?src\//, "");
      if (path === undefined) continue;
      const [, category] = categories.find(([folder]) => path.startsWith(folder));
      const tag = new CommentTag("@category", [{ kind: "text", text: category }]);
      for (const { comment } of [reflection, ...(reflection.signatures ?? [])]) comment?.blockTags.push(tag);
    }
  });
}

/** All that a function throws is one list, each with its class, which leads to the class where it is public. */
function listErrors(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const classes = new Map(
      project.getReflectionsByKind(ReflectionKind.Class).map((reflection) => [reflection.name, reflection]),
    );
    for (const { comment } of project.getReflectionsByKind(ReflectionKind.All)) {
      const thrown = comment?.getTags("@throws") ?? [];
      if (thrown.length === 0) continue;
      const parts = thrown.flatMap(({ typeAnnotation, content }) => [
        { kind: "text", text: "\n- " },
        ...errorClass(typeAnnotation?.slice(1, -1), classes),
        ...content,
      ]);
      const at = comment.blockTags.indexOf(thrown[0]);
      comment.removeTags("@throws");
      comment.blockTags.splice(at, 0, new CommentTag("@throws", parts));
    }
  });
}

/** The class of an error before the sentence about it; nothing where the docstring names none. */
function errorClass(name, classes) {
  if (name === undefined) return [];
  const target = classes.get(name);
  const shown = target
    ? { kind: "inline-tag", tag: "@link", text: name, target }
    : { kind: "code", text: `\`${name}\`` };
  return [shown, { kind: "text", text: " " }];
}

/** What the renderer will have written: the page of each public name by package. */
function pagesOf(app) {
  const names = Object.fromEntries(documented.map(({ module }) => [module, {}]));
  let count = 0;
  app.renderer.on(RendererEvent.END, ({ pages }) => {
    count = pages.length;
    for (const { model, url } of pages) {
      if (model.parent?.kindOf?.(ReflectionKind.Module)) names[model.parent.name][model.name] = url;
    }
  });
  return { names, count: () => count };
}
