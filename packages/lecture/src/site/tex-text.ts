/** What stands for a sign of TeX's in a line of plain text. */
const signs: Readonly<Record<string, string>> = {
  "\\cdot": "·",
  "\\times": "×",
  "\\odot": "⊙",
  "\\approx": "≈",
  "\\le": "≤",
  "\\ge": "≥",
  "\\in": "∈",
  "\\sum": "∑",
  "\\prod": "∏",
  "\\sqrt": "√",
  "\\partial": "∂",
  "\\top": "ᵀ",
  "\\dots": "…",
  "\\lfloor": "⌊",
  "\\rfloor": "⌋",
  "\\langle": "⟨",
  "\\rangle": "⟩",
  "\\alpha": "α",
  "\\beta": "β",
  "\\gamma": "γ",
  "\\Delta": "Δ",
  "\\varepsilon": "ε",
  "\\eta": "η",
  "\\mu": "μ",
  "\\sigma": "σ",
  "\\min": "min",
  "\\max": "max",
  "\\,": " ",
  "\\;": " ",
  "\\ ": " ",
  "\\\\": " ",
  "\\quad": " ",
  "\\qquad": " ",
};

/**
 * A formula of TeX as a line of text, for where nothing can be typeset: signs as characters, a fraction with
 * a stroke, other commands left out. Numbers stay apart from each other, so that 2 · 3 does not become 23.
 */
export function texText(formula: string): string {
  return formula
    .replaceAll(/\\(?:begin|end)\{[^}]*\}|&/g, " ")
    .replaceAll(/\\[dt]?frac *(?:\{([^{}]*)\}|(\w)) *(?:\{([^{}]*)\}|(\w))/g, (...[, a, b, c, d]) =>
      [a ?? b, c ?? d].map((part: string) => (/^[\w\\]+$/.test(part) ? part : `(${part})`)).join("/"),
    )
    .replaceAll(/\\(?:[a-z]+|.)/gi, (command) => signs[command] ?? "")
    .replaceAll(/[{}]/g, "")
    .replaceAll("*", "∗")
    .replaceAll(/\s+/g, " ")
    .trim();
}
