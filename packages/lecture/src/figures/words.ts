import type { ConvolutionSettings } from "./convolution/settings.js";

/** What the interactive figures say in one language. */
export interface FigureWords {
  readonly convolution: {
    readonly name: string;
    readonly settings: Readonly<Record<keyof ConvolutionSettings, string>>;
    readonly hint: string;
    readonly input: (channel: number) => string;
    readonly kernel: (filter: number, channel: number) => string;
    readonly output: (channel: number) => string;
    readonly inputs: string;
    readonly filter: (filter: number) => string;
    readonly outputs: string;
    readonly place: string;
    readonly back: string;
    readonly forward: string;
    readonly play: string;
    readonly pause: string;
    readonly speed: string;
    readonly perSecond: (steps: number) => string;
    readonly channelSum: (channel: number) => string;
    readonly height: string;
    readonly width: string;
    readonly weight: string;
    readonly macs: (count: number) => string;
    /** A weight's uses: how many products it makes, and how many of them with a zero of the border. */
    readonly uses: (count: number, onBorder: number) => string;
    readonly nothing: string;
  };
  readonly fusion: {
    readonly name: string;
    readonly hint: string;
    readonly twoChannels: string;
    readonly shortcut: string;
    readonly three: string;
    readonly one: string;
    readonly identity: string;
    readonly fused: string;
    readonly chosen: string;
    readonly reset: string;
    readonly input: string;
    readonly branches: string;
    readonly single: string;
    readonly difference: string;
    /** Which kernel a grid shows, of those from each input to each output channel. */
    readonly pair: (out: number, channel: number) => string;
    readonly channel: (channel: number) => string;
  };
}

export const englishFigureWords: FigureWords = {
  convolution: {
    name: "A convolution to try",
    settings: {
      kernel: "Kernel size",
      stride: "Stride S",
      padding: "Padding P",
      dilation: "Dilation D",
      inChannels: "Input channels",
      outChannels: "Filters",
      groups: "Groups",
    },
    hint: "Point at an output to see its window, at a weight to see every pixel that it meets. With the keyboard: Tab to a table, then the arrow keys.",
    input: (channel) => `input channel ${channel}, padded`,
    kernel: (filter, channel) => `kernel of filter ${filter} for input channel ${channel}`,
    output: (channel) => `output channel ${channel}`,
    inputs: "Input x",
    filter: (filter) => `Filter w[${filter}]`,
    outputs: "Output y",
    place: "Output",
    back: "Step back",
    forward: "Step",
    play: "Play",
    pause: "Pause",
    speed: "Speed",
    perSecond: (steps) => `${steps} steps a second`,
    channelSum: (channel) => `channel ${channel}`,
    height: "height",
    width: "width",
    weight: "weight",
    macs: (count) => `${count} multiply-accumulates`,
    uses: (count, onBorder) =>
      `one product for each output of the channel: ${count}, of them ${onBorder} with a zero of the border`,
    nothing: "No window fits:",
  },
  fusion: {
    name: "Three branches and the one convolution",
    hint: "Change a weight: type a number, use the arrow keys, or drag the slider for the weight that you chose last. Both outputs are computed anew, each in its own way.",
    twoChannels: "Two channels",
    shortcut: "With the shortcut",
    three: "3 × 3",
    one: "1 × 1, padded",
    identity: "Shortcut",
    fused: "Fused",
    chosen: "Weight",
    reset: "First weights again",
    input: "Input x",
    branches: "Three branches, added",
    single: "One convolution",
    difference: "Largest difference of the two outputs:",
    pair: (out, channel) => `to output ${out} from input ${channel}`,
    channel: (channel) => `channel ${channel}`,
  },
};

export const chineseFigureWords: FigureWords = {
  convolution: {
    name: "动手试试卷积",
    settings: {
      kernel: "核的大小",
      stride: "步长 S",
      padding: "填充 P",
      dilation: "空洞率 D",
      inChannels: "输入通道",
      outChannels: "滤波器",
      groups: "组数",
    },
    hint: "指向一个输出，可看到它的窗口；指向一个权重，可看到它与哪些像素相乘。用键盘时：按 Tab 到表格，再用方向键移动。",
    input: (channel) => `输入通道 ${channel}，已填充`,
    kernel: (filter, channel) => `滤波器 ${filter} 对输入通道 ${channel} 的核`,
    output: (channel) => `输出通道 ${channel}`,
    inputs: "输入 x",
    filter: (filter) => `滤波器 w[${filter}]`,
    outputs: "输出 y",
    place: "输出",
    back: "后退一步",
    forward: "前进一步",
    play: "播放",
    pause: "暂停",
    speed: "速度",
    perSecond: (steps) => `每秒 ${steps} 步`,
    channelSum: (channel) => `通道 ${channel}`,
    height: "高",
    width: "宽",
    weight: "权重",
    macs: (count) => `${count} 次乘加`,
    uses: (count, onBorder) =>
      `该通道的每个输出各用一次：共 ${count} 个乘积，其中 ${onBorder} 个乘的是边界上的零`,
    nothing: "放不下任何窗口：",
  },
  fusion: {
    name: "三个分支与一个卷积",
    hint: "改变权重：输入数字、用方向键，或拖动滑块来改最后选中的权重。两边的输出都会各自重新计算。",
    twoChannels: "两个通道",
    shortcut: "带恒等分支",
    three: "3 × 3",
    one: "1 × 1，零填充",
    identity: "恒等分支",
    fused: "融合后",
    chosen: "权重",
    reset: "恢复初始权重",
    input: "输入 x",
    branches: "三个分支相加",
    single: "一个卷积",
    difference: "两个输出的最大差别：",
    pair: (out, channel) => `输入 ${channel} 到输出 ${out}`,
    channel: (channel) => `通道 ${channel}`,
  },
};
