/** What the frame of the site says in one language: its bar, its index, and what stands around a lesson. */
export interface SiteWords {
  /** The first link of a page, for those who go through it by keyboard. */
  readonly skip: string;
  readonly languages: string;
  readonly contents: string;
  /** The name of the link beside a heading. */
  readonly linkTo: (heading: string) => string;
  readonly print: string;
  readonly search: SearchWords;
  readonly index: IndexWords;
}

/** On the search. The page's script reads them from the button that opens it. */
export interface SearchWords {
  readonly open: string;
  readonly field: string;
  readonly close: string;
  readonly none: string;
  /** Before and after the number of places. */
  readonly found: readonly [before: string, after: string];
}

/** What can be installed, by its name. */
export type PackageName =
  | "@convfuse/core"
  | "@convfuse/figures"
  | "@convfuse/onnx"
  | "convfuse"
  | "@convfuse/kernel";

/** On the index. */
export interface IndexWords {
  readonly begin: string;
  readonly path: string;
  readonly pathIntroduction: string;
  readonly minutes: (minutes: number) => string;
  readonly after: (numbers: readonly string[]) => string;
  readonly lessons: (count: number, minutes: number) => string;
  readonly pause: string;
  readonly picture: PictureWords;
  readonly use: string;
  readonly useIntroduction: string;
  readonly packagesCaption: string;
  readonly packages: Readonly<Record<PackageName, string>>;
  readonly notebooks: string;
  readonly notebooksHow: readonly [before: string, after: string];
  /** On the link to JupyterLite, which a page from a file cannot open. */
  readonly lite: string;
  readonly liteHow: string;
  readonly source: string;
  readonly cite: string;
  readonly citeIntroduction: string;
}

/** In the picture that moves. */
export interface PictureWords {
  readonly title: string;
  readonly description: (numbers: { readonly fused: string; readonly output: string }) => string;
  readonly caption: string;
  readonly input: string;
  readonly fused: string;
  readonly output: string;
  readonly shortcut: string;
}

/** Hours and minutes, each with its unit, where there are any. */
function duration(minutes: number, [hour, minute]: readonly [string, string]): string {
  const parts = [[Math.floor(minutes / 60), hour] as const, [minutes % 60, minute] as const];
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(" ");
}

export const englishSiteWords: SiteWords = {
  skip: "Skip to the content",
  languages: "Language",
  contents: "On this page",
  linkTo: (heading) => `Link to “${heading}”`,
  print: "Print this lesson",
  search: {
    open: "Search",
    field: "Search all lessons",
    close: "Close",
    none: "Nothing found. Every word has to occur, or begin one, in the same section.",
    found: ["", " places"],
  },
  index: {
    begin: "Begin with lesson 1",
    path: "The path",
    pathIntroduction:
      "From a photograph of a cat to a network in onnxruntime. Each lesson says what has to come before it; each ends with exercises and their solutions.",
    minutes: (minutes) => `${minutes} min`,
    after: (numbers) => `after ${numbers.join(" and ")}`,
    lessons: (count, minutes) =>
      `${count} ${count === 1 ? "lesson" : "lessons"}, ${duration(minutes, ["h", "min"])}`,
    pause: "Pause",
    picture: {
      title: "Three branches and the one convolution that they add up to",
      description: ({ fused, output }) =>
        `A 3 × 3 window slides over an input of 4 × 4 numbers with zeros around it. Three kernels look at it: a 3 × 3 one, a 1 × 1 one, and a shortcut, which is a 1 in the middle. Then the three are added up to a single kernel, ${fused}, which slides over the input once more and gives the same output: ${output}.`,
      caption:
        "Three branches, and the one 3 × 3 convolution that they add up to: the same output, number by number. The library computed both when this page was built.",
      input: "x, padded",
      fused: "one kernel",
      output: "y",
      shortcut: "shortcut",
    },
    use: "Use it",
    useIntroduction: "With nothing installed but Node 20.19 or newer, from a clone of the repository:",
    packagesCaption: "The packages",
    packages: {
      "@convfuse/core": "convolution as PyTorch has it, layers, and exact fusing",
      "@convfuse/figures": "results as Plotly figures",
      "@convfuse/onnx": "a trained network's file in, the fused one out",
      convfuse: "the command: fuse, inspect, verify, time",
      "@convfuse/kernel": "TypeScript in Jupyter",
    },
    notebooks: "Notebooks",
    notebooksHow: [
      "Each lesson is a notebook, with a link at its end to download it as it was executed;",
      "opens them all in JupyterLab.",
    ],
    lite: "JupyterLab in this browser",
    liteHow: "with all notebooks and the kernel, nothing to install; from a web server, not from a file.",
    source:
      "The source is the repository that this site was built from, with a README in each package. It has no public address yet, so none is linked here.",
    cite: "Cite it",
    citeIntroduction: "The same is in CITATION.cff, for programs:",
  },
};

export const chineseSiteWords: SiteWords = {
  skip: "跳到正文",
  languages: "语言",
  contents: "本页内容",
  linkTo: (heading) => `“${heading}”的链接`,
  print: "打印本节",
  search: {
    open: "搜索",
    field: "搜索全部讲义",
    close: "关闭",
    none: "没有找到。所有的词须出现在同一小节中。",
    found: ["共 ", " 处"],
  },
  index: {
    begin: "从第 1 节开始",
    path: "学习路线",
    pathIntroduction:
      "从一张猫的照片，到在 onnxruntime 中运行的网络。每一节都注明须先读哪些节，最后是附有答案的练习。",
    minutes: (minutes) => `${minutes} 分钟`,
    after: (numbers) => `先读第 ${numbers.join("、")} 节`,
    lessons: (count, minutes) => `${count} 节，共 ${duration(minutes, ["小时", "分钟"])}`,
    pause: "暂停",
    picture: {
      title: "三个分支，以及它们相加而成的一个卷积",
      description: ({ fused, output }) =>
        `一个 3 × 3 的窗口在 4 × 4 的输入（四周填零）上滑动。三个卷积核同时作用于它：一个 3 × 3 的，一个 1 × 1 的，以及恒等分支，即正中为 1 的核。随后三者相加成为一个卷积核 ${fused}，它再次滑过输入，得到相同的输出：${output}。`,
      caption:
        "三个分支，以及它们相加而成的一个 3 × 3 卷积：输出的每个数都相同。两者都由本库在构建此页时算出。",
      input: "x（填充后）",
      fused: "一个卷积核",
      output: "y",
      shortcut: "恒等分支",
    },
    use: "使用",
    useIntroduction: "只需安装 Node 20.19 或更新版本，在代码仓库的克隆中运行：",
    packagesCaption: "各个包",
    packages: {
      "@convfuse/core": "与 PyTorch 一致的卷积、各种层，以及精确的融合",
      "@convfuse/figures": "把结果画成 Plotly 图",
      "@convfuse/onnx": "读入训练好的网络文件，写出融合后的文件",
      convfuse: "命令行工具：fuse、inspect、verify、time",
      "@convfuse/kernel": "在 Jupyter 中使用 TypeScript",
    },
    notebooks: "笔记本",
    notebooksHow: [
      "每一节都是一个笔记本，节末有下载执行后版本的链接；",
      "可在 JupyterLab 中打开全部笔记本。",
    ],
    lite: "在浏览器中打开 JupyterLab",
    liteHow: "，内含全部笔记本与内核，无需安装；须经由网页服务器访问，不能直接打开本地文件。",
    source: "源代码就是构建本站所用的仓库，每个包都有自己的 README。仓库尚无公开地址，因此这里没有链接。",
    cite: "引用",
    citeIntroduction: "供程序读取的同样内容在 CITATION.cff 中：",
  },
};
