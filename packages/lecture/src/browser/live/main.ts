/* The live part of a page, which is loaded when a reader first uses a cell. */
import { languages } from "../../languages.js";
import "./contract.js";
import { Page } from "./live-page.js";

const assets = (document.currentScript as HTMLScriptElement).src.replace(/[^/]*$/, "");
const main = document.querySelector<HTMLElement>("main[data-live]");
const language = languages.find(({ tag }) => tag === document.documentElement.lang);
if (main && language) globalThis.convfuseLive = new Page(main, language, assets);
