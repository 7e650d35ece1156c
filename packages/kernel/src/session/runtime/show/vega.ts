import { safeInspect } from "../errors/thrown.js";
import { type Bundle, hasMethods, isRecord, stored } from "./viewer.js";

const schema = /^https?:\/\/vega\.github\.io\/schema\/(vega|vega-lite)\/v(\d+)/;
/** The version that JupyterLab draws; a page that knows the specification's own takes that one. */
const drawn = 5;

/**
 * A specification of Vega or Vega-Lite, which says so by its `$schema`, or what vega-lite-api builds one
 * with.
 */
export function vegaBundle(value: object): Bundle | undefined {
  const spec = specification(value);
  if (!spec) return undefined;
  const [, language, version] = schema.exec(String(stored(spec, "$schema"))) ?? [];
  if (!version) return undefined;
  const mime = (n: number): string =>
    `application/vnd.${language === "vega" ? "vega" : "vegalite"}.v${n}+json`;
  return {
    [mime(Number(version))]: spec,
    ...(Number(version) > drawn ? { [mime(drawn)]: spec } : {}),
    "text/plain": safeInspect(spec),
  };
}

function specification(value: object): object | undefined {
  if (isRecord(value)) return typeof stored(value, "$schema") === "string" ? value : undefined;
  if (!hasMethods(value, ["toSpec", "toObject"])) return undefined;
  const spec: unknown = (value as { toSpec(): unknown }).toSpec();
  return isRecord(spec) ? spec : undefined;
}
