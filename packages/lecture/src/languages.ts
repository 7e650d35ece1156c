import type { Part } from "./parts.js";
import { figureWordsInChinese } from "./site/figure-words.js";
import { chineseFuseWords, englishFuseWords, type FuseWords } from "./site/fuse-words.js";
import { chineseLiveWords, englishLiveWords, type LiveWords } from "./site/live-words.js";
import { chineseSiteWords, englishSiteWords, type SiteWords } from "./site/site-words.js";

/** What the site says in one language; the lessons' own words are in the notebooks. */
export interface Language {
  /** The language's tag, and its folder in the site. */
  readonly tag: "en" | "zh-CN";
  /** The language's own name for itself. */
  readonly name: string;
  /** Where its notebooks are, under notebooks/. */
  readonly folder: string;
  readonly siteTitle: string;
  readonly siteIntroduction: string;
  readonly lessons: string;
  readonly parts: Readonly<Record<Part, string>>;
  readonly previous: string;
  readonly next: string;
  readonly download: string;
  /** What the API reference is called; its pages are in English. */
  readonly api: string;
  readonly needsScript: string;
  /** A figure's words, which are made in English, in this language. */
  readonly figureWords: (text: string) => string;
  /** On the controls of an animation. */
  readonly play: string;
  readonly pause: string;
  readonly step: string;
  /** Around the lessons and on the index. */
  readonly site: SiteWords;
  /** On the page "Fuse your network". */
  readonly fuse: FuseWords;
  /** Of cells that run in the page, and on the playground. */
  readonly live: LiveWords;
}

export const languages: readonly Language[] = [
  {
    tag: "en",
    name: "English",
    folder: "",
    siteTitle: "Convolution, and fusing its branches",
    siteIntroduction:
      "A lecture of notebooks in TypeScript. Every claim is executed: each number and each plot below came out of the code above it, when this site was built.",
    lessons: "Lessons",
    parts: {
      convolution: "What a convolution is",
      fusing: "Many branches, one convolution",
      reasons: "Why networks train with branches",
      networks: "Whole networks, from training to deployment",
      reference: "To look things up",
    },
    previous: "Previous",
    next: "Next",
    download: "Download the executed notebook",
    api: "API reference of the packages",
    needsScript: "This plot needs JavaScript. In words:",
    figureWords: (text) => text,
    play: "Play",
    pause: "Pause",
    step: "Step",
    site: englishSiteWords,
    fuse: englishFuseWords,
    live: englishLiveWords,
  },
  {
    tag: "zh-CN",
    name: "简体中文",
    folder: "zh-CN",
    siteTitle: "卷积，以及卷积分支的融合",
    siteIntroduction:
      "一套用 TypeScript 写成的讲义。每个结论都由代码实际执行：页面上的每个数字、每张图，都是构建本站时由其上方的代码算出来的。",
    lessons: "全部各节",
    parts: {
      convolution: "什么是卷积",
      fusing: "多个分支，一个卷积",
      reasons: "为什么用分支训练",
      networks: "完整的网络：从训练到部署",
      reference: "备查",
    },
    previous: "上一节",
    next: "下一节",
    download: "下载执行后的笔记本",
    api: "各软件包的 API 参考（英文）",
    needsScript: "此图需要 JavaScript。文字说明：",
    figureWords: figureWordsInChinese,
    play: "播放",
    pause: "暂停",
    step: "步骤",
    site: chineseSiteWords,
    fuse: chineseFuseWords,
    live: chineseLiveWords,
  },
];
