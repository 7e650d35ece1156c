import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/**
 * A family of the site's type; the three were drawn to go together. Han characters are set in the reader's
 * own fonts.
 */
interface Family {
  readonly name: string;
  readonly package: string;
  readonly styles: readonly ("normal" | "italic")[];
}

/** Per style sheet, what it holds: pages in Chinese need no serif. */
const sheets: Readonly<Record<string, readonly Family[]>> = {
  "fonts.css": [
    { name: "Source Sans", package: "source-sans-3", styles: ["normal"] },
    { name: "Source Code", package: "source-code-pro", styles: ["normal"] },
  ],
  "serif.css": [{ name: "Source Serif", package: "source-serif-4", styles: ["normal", "italic"] }],
};

/**
 * Writes the style sheets with the fonts inside, each one variable file of Latin letters, and copies their
 * licences. A font in a file of its own comes after the text, whose words move when it does; these are there
 * before the page is shown.
 */
export async function writeFonts(assets: string): Promise<void> {
  await mkdir(join(assets, "fonts"), { recursive: true });
  for (const [sheet, families] of Object.entries(sheets)) {
    const faces: string[] = [];
    for (const { name, package: short, styles } of families) {
      const folder = dirname(require.resolve(`@fontsource-variable/${short}/package.json`));
      await cp(join(folder, "LICENSE"), join(assets, "fonts", `${short}-LICENSE.txt`));
      for (const style of styles) {
        const font = await readFile(join(folder, "files", `${short}-latin-wght-${style}.woff2`), "base64");
        faces.push(`@font-face {
  font-family: "${name}";
  font-style: ${style};
  font-weight: 200 900;
  font-display: block;
  src: url(data:font/woff2;base64,${font}) format("woff2");
}
`);
      }
    }
    await writeFile(join(assets, sheet), faces.join(""));
  }
}

/** The fonts of almost every formula. */
const mathFonts = ["KaTeX_Main-Regular", "KaTeX_Math-Italic", "KaTeX_Size1-Regular", "KaTeX_Size2-Regular"];

/**
 * KaTeX's style sheet with those fonts inside, for the same reason; the rarer ones come when a formula needs
 * them.
 */
export async function mathStyles(katex: string): Promise<string> {
  let css = await readFile(join(katex, "katex.min.css"), "utf8");
  for (const name of mathFonts) {
    const font = await readFile(join(katex, "fonts", `${name}.woff2`), "base64");
    css = css.replace(`url(fonts/${name}.woff2)`, `url(data:font/woff2;base64,${font})`);
  }
  return css;
}
