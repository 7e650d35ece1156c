import type { VNode } from "preact";

/** Tells the page around how high the content is; the policy below lets this script run, and no other. */
export const measuringScript: string =
  'addEventListener("load",()=>{const d=document.documentElement;const tell=()=>parent.postMessage({convfuseHeight:d.offsetHeight},"*");new ResizeObserver(tell).observe(d);tell()})';

/**
 * SHA-256 of `measuringScript`: a constant, since pages that were not encrypted on their way cannot compute
 * it. A test does.
 */
export const measuringHash = "Yp2ymHELcWzEDx+SDsT//cRj8Qly81BPKQ4yC+Uk7Zk=";

const policy = `default-src 'none'; img-src * data: blob:; font-src data:; style-src 'unsafe-inline'; script-src 'sha256-${measuringHash}'`;

/** What a frame's page would inherit if it were part of the page around. */
const style = `
:root{color-scheme:light dark;color:light-dark(#1c1c1c,#e6e6e6);font:0.9375rem/1.5 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif}
body{margin:0;overflow-wrap:break-word}
html{overflow-x:auto}
table{border-collapse:collapse;margin:.3rem 0}
th,td{border:1px solid light-dark(#d9dde2,#3a3f45);padding:.2rem .6rem;text-align:left}
pre,code{font-family:ui-monospace,Menlo,Consolas,"Noto Sans Mono",monospace;font-size:.875rem}
img,svg{max-width:100%;height:auto}`;

/**
 * HTML that a cell made, in a frame of an origin of its own: it sees nothing of the page, and its scripts do
 * not run, so that it can neither freeze the page nor lead it elsewhere.
 */
export function HtmlFrame({ html, title }: { readonly html: string; readonly title: string }): VNode {
  const document = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><style>${style}</style><script>${measuringScript}</script><body>${html}`;
  return <iframe class="output html" sandbox="allow-scripts" srcdoc={document} title={title} />;
}
