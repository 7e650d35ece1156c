import type { LinkProblem } from "../browser/live/link.js";

/**
 * What live pages say: their buttons, and what they announce. `{cell}` is a cell's number as readers count.
 */
export interface LiveWords {
  readonly run: string;
  readonly runAbove: string;
  readonly stop: string;
  readonly reset: string;
  readonly runAll: string;
  readonly resetPage: string;
  readonly download: string;
  readonly copyLink: string;
  readonly addCell: string;
  /** The page's controls, and those of one cell, as a whole. */
  readonly notebook: string;
  readonly cell: string;
  readonly code: string;
  readonly changed: string;
  readonly loading: string;
  readonly ready: string;
  readonly notLoaded: string;
  readonly queued: string;
  readonly running: string;
  readonly done: string;
  readonly failed: string;
  /** Behind `failed`, where cells above were not run. */
  readonly needsAbove: string;
  /** Behind `failed`, where cells have broken what the session itself stands on. */
  readonly needsReset: string;
  /**
   * What the checker finds while a reader writes: `{count}` errors in a cell, and the one in a `{line}` that
   * was gone to.
   */
  readonly errors: string;
  readonly noErrors: string;
  readonly errorShown: string;
  /** The button that goes to the next one. */
  readonly errorCount: string;
  /** What the editor itself says, by its words for it. */
  readonly editor: Readonly<Record<string, string>>;
  readonly stopped: string;
  readonly stopping: string;
  /** The last resort was taken, or a cell ended the worker itself. */
  readonly ended: string;
  readonly gone: string;
  readonly wasReset: string;
  readonly pageWasReset: string;
  readonly wasAdded: string;
  readonly linkCopied: string;
  /** Where the clipboard is closed to the page. */
  readonly linkInAddress: string;
  readonly linkRead: string;
  /** As `linkRead`, where the lesson has changed since the link was made. */
  readonly linkOfOther: string;
  /** `{reason}` is one of the problems, as in the next. */
  readonly linkUnreadable: string;
  readonly linkNotMade: string;
  readonly linkProblems: Readonly<Record<LinkProblem, string>>;
  /** Behind outputs that were cut: `{count}` characters, or outputs. */
  readonly moreText: string;
  readonly moreOutputs: string;
  readonly tooLarge: string;
  /** In the place of a cell's buttons: it needs `{program}`, which runs in Node. */
  readonly needs: string;
  readonly html: string;
  readonly playgroundTitle: string;
  readonly playgroundIntroduction: string;
  readonly playgroundKeys: string;
  readonly playgroundNeedsScript: string;
  readonly snippet: string;
  readonly choose: string;
}

export const englishLiveWords: LiveWords = {
  run: "Run",
  runAbove: "Run above",
  stop: "Stop",
  reset: "Reset",
  runAll: "Run all",
  resetPage: "Reset page",
  download: "Download notebook",
  copyLink: "Copy link",
  addCell: "Add cell",
  notebook: "Notebook",
  cell: "Cell {cell}",
  code: "Code of cell {cell}",
  changed: "changed",
  loading: "Loading TypeScript and the library …",
  ready: "Ready.",
  notLoaded: "What runs the cells could not be loaded: {reason}",
  queued: "Cell {cell} waits.",
  running: "Cell {cell} is running.",
  done: "Cell {cell} is done.",
  failed: "Cell {cell} failed: {reason}",
  needsAbove: " Cells above were not run yet: “Run above” runs them.",
  needsReset: " A cell has broken what all others need: “Reset page” begins anew.",
  errors: "Errors in cell {cell}: {count}. F8 goes to the next one.",
  noErrors: "No errors in cell {cell}.",
  errorShown: "Line {line}: {message}",
  errorCount: "Errors: {count}",
  editor: {},
  stopped: "Cell {cell} was stopped.",
  stopping: "Stopping cell {cell} … Stop once more ends everything that runs, with its variables.",
  ended: "the cell did not stop, so everything that ran was ended",
  gone: "{reason}. All variables are gone; the next Run starts anew.",
  wasReset: "Cell {cell} is as it was.",
  pageWasReset: "The page is as it was.",
  wasAdded: "Cell {cell} was added.",
  linkCopied: "The link is copied. Whoever opens it sees this code, and runs it by pressing Run.",
  linkInAddress: "The link stands in the address bar.",
  linkRead: "This code came with the link. It runs when you press Run.",
  linkOfOther:
    "This code came with a link that was made of another version of this page: it may not fit the cells around it. It runs when you press Run.",
  linkUnreadable: "The link's code cannot be read: {reason}.",
  linkNotMade: "There is no link to this code: {reason}.",
  linkProblems: {
    damaged: "the address was cut off or changed",
    tooLong: "it is longer than {bytes} bytes",
    tooManyCells: "it has more than {cells} cells",
    notCode: "it holds no code for the cells of this page",
  },
  moreText: "… {count} more characters are not shown",
  moreOutputs: "… {count} more outputs are not shown",
  tooLarge: "[an output of {count} characters is too large for this page]",
  needs: "Runs in the notebook, not in the page: it needs {program} in Node.",
  html: "HTML output",
  playgroundTitle: "Playground",
  playgroundIntroduction:
    "An empty notebook with @convfuse/core, @convfuse/figures and @convfuse/onnx. It runs in your browser: nothing that you write leaves it, and a link carries the code itself.",
  playgroundKeys:
    "Shift+Enter runs a cell, Ctrl+Space completes, F8 goes to the next error, Escape and Tab leave the editor.",
  playgroundNeedsScript: "Running code needs JavaScript.",
  snippet: "Start from a lesson",
  choose: "choose …",
};

export const chineseLiveWords: LiveWords = {
  run: "运行",
  runAbove: "运行以上",
  stop: "停止",
  reset: "重置",
  runAll: "全部运行",
  resetPage: "重置页面",
  download: "下载笔记本",
  copyLink: "复制链接",
  addCell: "添加单元格",
  notebook: "笔记本",
  cell: "单元格 {cell}",
  code: "单元格 {cell} 的代码",
  changed: "已修改",
  loading: "正在加载 TypeScript 和本库……",
  ready: "已就绪。",
  notLoaded: "运行所需的程序无法加载：{reason}",
  queued: "单元格 {cell} 等待中。",
  running: "单元格 {cell} 正在运行。",
  done: "单元格 {cell} 已完成。",
  failed: "单元格 {cell} 出错：{reason}",
  needsAbove: " 上方还有单元格没有运行：请按“运行以上”。",
  needsReset: " 某个单元格破坏了所有代码依赖的环境：请按“重置页面”重新开始。",
  errors: "单元格 {cell} 中的错误：{count}。按 F8 转到下一个。",
  noErrors: "单元格 {cell} 中没有错误。",
  errorShown: "第 {line} 行：{message}",
  errorCount: "错误：{count}",
  editor: { Completions: "补全", "Selection deleted": "所选内容已删除", "Control character": "控制字符" },
  stopped: "单元格 {cell} 已停止。",
  stopping: "正在停止单元格 {cell}……再按一次“停止”会结束所有正在运行的代码，变量也随之丢失。",
  ended: "单元格没有停下来，因此所有正在运行的代码都被结束",
  gone: "{reason}。所有变量都已丢失；下次运行将重新开始。",
  wasReset: "单元格 {cell} 已恢复原样。",
  pageWasReset: "页面已恢复原样。",
  wasAdded: "已添加单元格 {cell}。",
  linkCopied: "链接已复制。打开它的人会看到这段代码，按“运行”才会执行。",
  linkInAddress: "链接在地址栏里。",
  linkRead: "这段代码来自链接，按“运行”才会执行。",
  linkOfOther: "这段代码来自本页另一个版本的链接，可能与周围的单元格不符；按“运行”才会执行。",
  linkUnreadable: "无法读取链接中的代码：{reason}。",
  linkNotMade: "无法为这段代码生成链接：{reason}。",
  linkProblems: {
    damaged: "地址被截断或改动过",
    tooLong: "代码超过 {bytes} 字节",
    tooManyCells: "单元格超过 {cells} 个",
    notCode: "其中没有本页单元格的代码",
  },
  moreText: "……另有 {count} 个字符未显示",
  moreOutputs: "……另有 {count} 个输出未显示",
  tooLarge: "[此输出有 {count} 个字符，本页无法显示]",
  needs: "在笔记本里运行，不在网页里：需要 Node 中的 {program}。",
  html: "HTML 输出",
  playgroundTitle: "练习场",
  playgroundIntroduction:
    "一个空的笔记本，带有 @convfuse/core、@convfuse/figures 和 @convfuse/onnx。代码在您的浏览器里运行，写下的内容不会离开它；链接里带着代码本身。",
  playgroundKeys: "Shift+Enter 运行单元格，Ctrl+空格键补全，F8 转到下一个错误，Esc 之后按 Tab 离开编辑器。",
  playgroundNeedsScript: "运行代码需要 JavaScript。",
  snippet: "从某一节的代码开始",
  choose: "请选择……",
};
