/**
 * What figures say, in Chinese. The lessons' code is the same in every language, so its figures are made in
 * English.
 */
const words: Readonly<Record<string, string>> = {
  // Titles.
  "One photograph, three channels": "一张照片，三个通道",
  "Blurred and sharpened": "模糊与锐化",
  "Edges, by direction": "各方向的边缘",
  "Where something changes": "哪里有变化",
  "One bright pixel shows the kernel": "一个亮点显出整个核",
  "Four feature maps of one photograph": "一张照片的四张特征图",
  "Stride 2, one zero on each side": "步长 2，每边填一个零",
  "The receptive field, layer by layer": "逐层增长的感受野",
  "Ways from each pixel to one output": "每个像素到一个输出的路径数",
  "One pixel reaches 3 × 3 outputs": "一个像素影响 3 × 3 个输出",
  "Shift first or last: the same": "先平移或后平移：结果相同",
  "f(T x) against T f(x)": "f(T x) 与 T f(x) 之差",
  "Turn first or last: not the same": "先旋转或后旋转：结果不同",
  "3 channels in, 2 out, 3 × 3, same": "3 通道入，2 通道出，3 × 3，same 填充",
  "Conv2d(3, 2, 3): weight [2, 3, 3, 3]": "Conv2d(3, 2, 3)：权重 [2, 3, 3, 3]",
  "Axis 2 is the height, axis 3 the width": "轴 2 是高，轴 3 是宽",
  "Two channels, mixed pixel by pixel": "两个通道逐像素混合",
  "Rearranging pixels before or after": "在卷积之前或之后重排像素",
  "Which inputs an output channel reads": "每个输出通道读取哪些输入",
  "Change of the outputs when input 1 changes": "输入 1 改变时各输出的变化",
  "The grouped weight, written without groups": "分组权重写成不分组的形式",
  "From 64 to 128 channels, 56 × 56 pixels": "64 通道到 128 通道，56 × 56 像素",
  "Grouped (2 groups) and depthwise (6 groups)": "分组（2 组）与深度卷积（6 组）",
  "The 1 × 1 weight as a 3 × 3 weight": "写成 3 × 3 的 1 × 1 权重",
  "The shortcut as a 3 × 3 weight": "写成 3 × 3 权重的恒等分支",
  "The one weight: all three, added": "合成的权重：三者相加",
  "The source's fused convolution on ones": "原讲义的融合卷积，全 1 输入",
  "Difference from the three branches": "与三个分支的差别",
  "The right fusion on random input": "正确的融合，随机输入",
  "2 channels, 9 × 9 pixels, measured fairly": "2 通道，9 × 9 像素，公平测量",
  "Eager: layer by layer": "逐层执行",
  "Compiled: both sides as one call": "编译执行：两边各为一次调用",
  "Four ways to sum in float32": "float32 求和的四种方式",
  "Layers under the roof of this machine": "这台机器屋顶下的各层",
  "Depthwise kernels of 3 × 3 to 13 × 13": "3 × 3 到 13 × 13 的深度卷积核",
  "Foldings, right and wrong": "正确与错误的折叠",
  "Normalisation before zero padding": "零填充之前的归一化",
  "All branches in one 3 × 3": "全部分支合成一个 3 × 3",
  "A row embedded one line too high": "一行核嵌入时高了一格",
  "RepVGG block, 4 channels, 14 × 14": "RepVGG 模块，4 通道，14 × 14",
  "Naive merging: wrong in the border": "强行合并：边界出错",
  "DBB, 4 channels, 9 × 11 pixels": "DBB，4 通道，9 × 11 像素",
  "Nine weights, further and further apart": "九个权重，间距越来越大",
  "The kernels of channel 0": "通道 0 的各个核",
  "Weights by distance: 13 × 13 alone": "权重随距离的分布：单独的 13 × 13",
  "Weights by distance: fused": "权重随距离的分布：融合后",
  "Large depthwise against small dense": "大的深度卷积与小的普通卷积",
  "RepVGG-A0, 224 × 224": "RepVGG-A0，224 × 224 像素",
  "RepVGG-A0, one image": "RepVGG-A0，一幅图像",
  "Median time of each block": "各模块用时的中位数",
  "Weights before and after fusing": "融合前后的权重范围",
  "Five digits, and those that are misread": "五个数字，以及读错的数字",
  "Weights of the trained network": "训练好的网络的权重",
  "Rounded weights: branches and fused": "舍入权重：分支与融合后",
  "The file before and after": "融合前后的文件",
  "Both files in onnxruntime": "两个文件在 onnxruntime 中",
  "Training from the same start, five seeds": "从同一起点训练，五个随机种子",
  "An even area, enlarged with equal weights": "均匀的区域，用相等的权重放大",
  "The kernel from input 0 to output 0": "输入 0 到输出 0 的核",
  // Axes, colour bars, legends.
  tap: "抽头",
  step: "步",
  loss: "损失",
  "images at a time": "每次的图像数",
  darkness: "深浅",
  "bits of a weight": "权重的位数",
  "output error, %": "输出误差，%",
  parameters: "参数个数",
  "multiply-accumulates for one input": "每个输入的乘加次数",
  "multiply-accumulates": "乘加次数",
  "ratio of times (1: equally fast)": "用时之比（1 表示一样快）",
  "ratio of times, with 95 % interval": "用时之比及 95% 区间",
  "input: channels, pixels": "输入：通道数，像素",
  "time, ms": "用时，毫秒",
  value: "数值",
  weight: "权重",
  difference: "差",
  noise: "噪声",
  itself: "自身",
  layer: "层",
  "by MACs": "按乘加次数",
  "by calls": "按调用次数",
  "by bytes": "按字节数",
  "by Winograd's multiplications": "按 Winograd 的乘法次数",
  layers: "层数",
  "largest error": "最大误差",
  "MACs for each byte": "每字节的乘加次数",
  "MACs for each output": "每个输出的乘加次数",
  "ns for an output": "每个输出的用时，纳秒",
  "receptive field, pixels": "感受野，像素",
  "number of ways": "路径数",
  // Names in the lessons.
  seven: "七个抽头",
  three: "三个抽头",
  one: "一个抽头",
  shortcut: "恒等分支",
  "repeated, then 3 × 3": "先重复，再 3 × 3",
  "one norm": "一个归一化",
  "one kernel": "一个核",
  "branches, no norms": "分支，无归一化",
  exported: "导出的",
  direct: "直接法",
  "roof, from the cache": "屋顶，数在缓存",
  "roof, from memory": "屋顶，数在内存",
  measured: "实测",
  line: "直线",
  "3 taps": "3 个抽头",
  "stride 2": "步长 2",
  "dilation 1, 2, 4, ...": "空洞率 1、2、4……",
  "one layer": "一层",
  "three layers": "三层",
  cat: "猫",
  red: "红",
  green: "绿",
  blue: "蓝",
  grey: "灰度",
  sharpened: "锐化",
  "left to right": "从左到右",
  "top to bottom": "从上到下",
  "strength of the edges": "边缘强度",
  kernel: "核",
  "one bright pixel": "一个亮点",
  "slid over it": "在其上滑动",
  "turned, then slid": "先旋转，再滑动",
  brightness: "亮度",
  "brighter to the right": "向右变亮",
  "brighter downwards": "向下变亮",
  "red, not green": "红而非绿",
  "change of the input": "输入的变化",
  "change of the output": "输出的变化",
  "1 where it changed": "有变化处为 1",
  "shift by (1, 3)": "平移 (1, 3)",
  "shift by (2, 0)": "平移 (2, 0)",
  mirror: "翻转",
  products: "乘积",
  "one pixel": "一个像素",
  sum: "和",
  branches: "分支",
  "three branches": "三个分支",
  "four branches": "四个分支",
  "one convolution": "一个卷积",
  fused: "融合后",
  before: "融合前",
  after: "融合后",
  source: "原讲义",
  right: "正确",
  wrong: "错误",
  ones: "全 1",
  random: "随机",
  exact: "严格",
  folded: "折叠后",
  sequence: "相继",
  naive: "强行合并",
  "crossed shortcut": "恒等分支接反",
  "crossed kernels": "核接反",
  "no normalisation": "没有归一化",
  "mean forgotten": "漏了均值",
  "no square root": "漏了开方",
  "bias not scaled": "偏置未缩放",
  depthwise: "深度卷积",
};

type Translate = (text: string) => string;
type Pattern = readonly [form: RegExp, made: (parts: readonly string[], inner: Translate) => string];

/** A comma between entries, not one inside brackets. */
const comma = /, (?![^()[\]]*[)\]])/;

const strided = /^(\d × \d), stride (\d)$/;

/** The entries of a list; some that are known have a comma of their own. */
function entries(list: string): readonly string[] {
  const parts = list.split(comma);
  const found: string[] = [];
  for (let at = 0; at < parts.length; at++) {
    const pair = `${parts[at]}, ${parts[at + 1]}`;
    const isOne = words[pair] !== undefined || strided.test(pair);
    found.push(isOne ? pair : (parts[at] as string));
    if (isOne) at++;
  }
  return found;
}

/** A list of names, of which each may be known. */
const each = (names: string, inner: Translate): string => {
  const made = entries(names).map(inner);
  return made.join(made.some((name) => name.includes("，")) ? "；" : "，");
};

const counted = { ring: "环", channel: "通道", output: "输出", dilation: "空洞率" } as const;

/** Texts that hold numbers or names. */
const patterns: readonly Pattern[] = [
  [/^largest \|(difference|change)\|$/, ([what]) => `最大 |${what === "change" ? "变化" : "差"}|`],
  [/^mean \|weight\|$/, () => "|权重| 的平均"],
  [
    /^time of one call, (\S+); (\d+) slower not shown$/,
    ([unit, n]) => `单次用时，${unit}；${n} 个更慢的未画`,
  ],
  [/^time of one call, (\S+)$/, ([unit]) => `一次调用的用时，${unit}`],
  [/^turn by (\d+)°$/, ([angle]) => `旋转 ${angle}°`],
  [/^(ring|channel|output|dilation) (\d+)$/, ([what, n]) => `${counted[what as keyof typeof counted]} ${n}`],
  [/^(x\[\d+\]), padded$/, ([x]) => `${x}，已填充`],
  [/^kernels for (x\[\d+\])$/, ([x]) => `${x} 的核`],
  [/^(in|out) (\d+)$/, ([side, n]) => `${side === "in" ? "入" : "出"} ${n}`],
  [/^weight (\[[\d, ]+\])$/, ([shape]) => `权重 ${shape}`],
  [/^groups = (\d+): (\d+) connections$/, ([g, n]) => `${g} 组：${n} 条连接`],
  [/^(\d+) ch (\d+)²$/, ([c, side]) => `${c} 通道 ${side}²`],
  [/^(.+), (\d+) ch$/, ([what, c], inner) => `${inner(what as string)}，${c} 通道`],
  [/^(\d+ × \d+), groups (\d+)$/, ([k, g]) => `${k}，${g} 组`],
  [
    /^(\d × \d), (direct|Winograd)$/,
    ([kernel, way]) => `${kernel}，${way === "direct" ? "直接法" : "Winograd 算法"}`,
  ],
  [/^Winograd, tiles of (\d × \d)$/, ([tile]) => `Winograd，${tile} 小块`],
  [/^depthwise (\d+ × \d+)$/, ([k]) => `深度卷积 ${k}`],
  [/^depthwise \+ 1 × 1$/, () => "深度卷积 + 1 × 1"],
  [/^(by [\w' ]+): ([\d/]+)$/, ([name, number], inner) => `${inner(name as string)}：${number}`],
  [/^(.+) \/ itself \(noise\)$/, ([name], inner) => `${inner(name as string)} / 自身（噪声）`],
  [/^(.+) \/ itself$/, ([name], inner) => `${inner(name as string)} / 自身`],
  [/^The (\d × \d) branch, normalisation folded$/, ([k]) => `${k} 分支，归一化已折叠`],
  [/^The branch (\w+)$/, ([name]) => `分支 ${name}`],
  // Captions.
  [
    /^(\d+) steps: a window of (.+) moves over the padded input \(channels: (\d+)\), and each filter \(there are (\d+)\) turns every position into one output, the first of them (.+)\.$/,
    ([steps, size, ins, outs, first]) =>
      `共 ${steps} 步：${size} 的窗口在填充后的输入（${ins} 个通道）上移动，${outs} 个滤波器各把每个位置变成一个输出，第一个输出是 ${first}。`,
  ],
  [
    /^(\d+) x (\d+) kernels of (\d+) x (\d+) weights, from (.+) to (.+)\.$/,
    ([outs, ins, h, w, low, high]) => `${outs} × ${ins} 个 ${h} × ${w} 的核，权重从 ${low} 到 ${high}。`,
  ],
  [
    /^(.+): images with a ([\w ]+) from (.+) to (.+)\.$/,
    ([names, what, low, high], inner) =>
      `${each(names as string, inner)}：各图像，${inner(what as string)}从 ${low} 到 ${high}。`,
  ],
  [
    /^(.+) and (.+) differ by at most (.+), at values from (.+) to (.+)\.$/,
    ([a, b, most, low, high], inner) =>
      `${inner(a as string)}与${inner(b as string)}最多相差 ${most}，数值从 ${low} 到 ${high}。`,
  ],
  [
    /^(.+) and (.+) are equal in every cell\.$/,
    ([a, b], inner) => `${inner(a as string)}与${inner(b as string)}处处相等。`,
  ],
  [
    /^Time of (.+) \/ time of (.+?): (\S+) \(95 % interval (\S+) to (\S+)\), medians (\S+) and (\S+) (\S+); .+: (\S+) to (\S+)\.$/,
    ([a, b, ratio, low, high, timeA, timeB, unit, from, to], inner) =>
      `用时之比（${inner(a as string)} / ${inner(b as string)}）：${ratio}（95% 区间 ${low} 到 ${high}），中位数 ${timeA} 和 ${timeB} ${unit}；${inner(a as string)} / 自身：${from} 到 ${to}。`,
  ],
  [
    /^Time of (.+) \/ time of (.+?): (.+)\.$/,
    ([a, b, list], inner) =>
      `用时之比（${inner(a as string)} / ${inner(b as string)}）：${(list as string)
        .split(", ")
        .map((one) =>
          one.replace(/^(\S+) at (.+)$/, (_, ratio: string, size: string) => `${inner(size)} 为 ${ratio}`),
        )
        .join("，")}。`,
  ],
  [
    /^Times of (\d+) layers: (.+) (\S+) ms in all, (.+) (\S+) ms\.$/,
    ([n, a, timeA, b, timeB], inner) =>
      `${n} 层的用时：${inner(a as string)}共 ${timeA} 毫秒，${inner(b as string)} ${timeB} 毫秒。`,
  ],
  [
    /^Weight ranges of (\d+) layers, (.+) against (.+); the widest is (\S+), (.+) from (\S+) to (\S+)\.$/,
    ([n, a, b, widest, c, low, high], inner) =>
      `${n} 层的权重范围，${inner(a as string)}与${inner(b as string)}对照；最宽的是 ${widest}，${inner(c as string)}从 ${low} 到 ${high}。`,
  ],
  [
    /^(With \d+ groups? .+)\.$/,
    ([list]) =>
      `${(list as string).replace(/With (\d+) groups? (\d+) inputs and (\d+) outputs have (\d+) connections/g, "$1 组时，$2 个输入与 $3 个输出之间有 $4 条连接").replaceAll(". ", "；")}。`,
  ],
  [
    /^(.+: [\d,]+ parameters, [\d,]+ multiply-accumulates)\.$/,
    ([list], inner) =>
      `${(list as string)
        .split("; ")
        .map((one) =>
          one.replace(
            /^(.+): ([\d,]+) parameters, ([\d,]+) multiply-accumulates$/,
            (_, name: string, parameters: string, macs: string) =>
              `${inner(name)}：${parameters} 个参数，${macs} 次乘加`,
          ),
        )
        .join("；")}。`,
  ],
  [
    /^((?:largest|mean) \|\w+\||largest error): (.+)\.$/,
    ([quantity, list], inner) =>
      `${inner(quantity as string)}：${(list as string)
        .split(/(?<=\d), (?![^()[\]]*[)\]])/)
        .map((one) =>
          one.replace(/^(.+) (\S+)$/, (_, name: string, number: string) => `${inner(name)} 为 ${number}`),
        )
        .join("，")}。`,
  ],
  [
    /^(.+) over (.+?): (.+ from \S+ at \S+ to \S+ at \S+)\.$/,
    ([y, x, list], inner) =>
      `${inner(y as string)}（横轴：${inner(x as string)}）：${(list as string)
        .split("; ")
        .map((one) =>
          one.replace(
            /^(.+) from (\S+) at (\S+) to (\S+) at (\S+)$/,
            (_, name: string, first: string, x0: string, last: string, x1: string) =>
              `${inner(name)}从 ${x0} 处的 ${first} 到 ${x1} 处的 ${last}`,
          ),
        )
        .join("；")}。`,
  ],
  [/^(\d) read as (\d)$/, ([label, answer]) => `${label} 读作 ${answer}`],
  [
    /^(.+), per (tensor|channel)$/,
    ([name, group], inner) => `${inner(name as string)}，${group === "tensor" ? "逐张量" : "逐通道"}`,
  ],
  [/^(\d+) images?$/, ([count]) => `${count} 张图像`],
  [strided, ([size, stride]) => `${size}，步长 ${stride}`],
  [/^average of (\d+ × \d+)$/, ([size]) => `${size} 平均`],
  [
    /^Photographs of (.+)\.$/,
    ([list], inner) =>
      `照片：${(list as string)
        .split(comma)
        .map((one) =>
          one.replace(
            /^(.+) \((\d+) x (\d+) pixels\)$/,
            (_, name: string, height: string, width: string) => `${inner(name)}（${height} × ${width} 像素）`,
          ),
        )
        .join("，")}。`,
  ],
  [/^(.+), (ones|random)$/, ([name, input], inner) => `${inner(name as string)}，${inner(input as string)}`],
  [/^(.+) \/ (.+)$/, ([a, b], inner) => `${inner(a as string)} / ${inner(b as string)}`],
];

/**
 * A figure's title, label or caption in Chinese; what names code, and what nobody translated, stays as it is.
 */
export function figureWordsInChinese(text: string): string {
  const whole = text.replaceAll("<br>", " ");
  const known = words[whole];
  if (known !== undefined) return known;
  for (const [form, made] of patterns) {
    const found = form.exec(whole);
    if (found !== null) return made(found.slice(1), figureWordsInChinese);
  }
  return text;
}
