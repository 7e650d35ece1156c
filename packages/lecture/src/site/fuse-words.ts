/** What the page "Fuse your network" says; a name in braces is filled in by the page's script. */
export interface FuseWords {
  readonly title: string;
  readonly introduction: string;
  readonly privacy: string;
  readonly choose: string;
  readonly drop: string;
  readonly needsScript: string;
  readonly working: string;
  readonly progress: string;
  readonly fused: string;
  readonly nothing: string;
  readonly failed: string;
  readonly save: string;
  readonly before: string;
  readonly after: string;
  readonly nodes: string;
  readonly convolutions: string;
  readonly norms: string;
  readonly parameters: string;
  readonly bytes: string;
  readonly multiplyAdds: string;
  readonly regions: string;
  readonly place: string;
  readonly becomes: string;
  readonly weights: string;
  readonly refusals: string;
  readonly putBack: string;
  readonly more: string;
  readonly command: string;
}

export const englishFuseWords: FuseWords = {
  title: "Fuse your network",
  introduction:
    "Drop a trained network as an ONNX file: parallel branches, norms and scales that are exactly one convolution become that convolution. Each replaced part is proven by itself; what cannot be proven stays as it was, and everything else stays byte for byte.",
  privacy: "Nothing leaves this machine: the work is done in this page, without a network.",
  choose: "Choose an ONNX file",
  drop: "or drop it here (with the file of its tensors, if it has one)",
  needsScript: "This page needs JavaScript.",
  working: "Reading {name} ...",
  progress: "{done} of {of} parts proven",
  fused: "{name}: {regions} parts fused, each proven. Convolutions: {before} before, {after} after.",
  nothing:
    "{name}: nothing to fuse. It has no branches left, and no norm or scale that a convolution could take.",
  failed: "{name} could not be fused: {message}",
  save: "Save {name}",
  before: "before",
  after: "after",
  nodes: "nodes",
  convolutions: "convolutions",
  norms: "norms",
  parameters: "parameters",
  bytes: "bytes",
  multiplyAdds: "multiply-adds",
  regions: "What was fused",
  place: "result",
  becomes: "nodes",
  weights: "weights, before and after",
  refusals: "What was not, and why",
  putBack: "Put back, since its proof failed",
  more: "and {count} more",
  command: "The same on the command line:",
};

export const chineseFuseWords: FuseWords = {
  title: "融合你自己的网络",
  introduction:
    "拖入一个训练好的 ONNX 网络：凡是恰好等于一个卷积的并联的分支、归一化和缩放，都会变成那一个卷积。每处替换都单独证明；不能证明的保持原样，其余部分逐字节不变。",
  privacy: "文件不会离开这台电脑：全部计算都在本页内完成，不需要网络。",
  choose: "选择 ONNX 文件",
  drop: "或拖放到这里（如果张量存放在另一个文件中，请一并拖入）",
  needsScript: "此页需要 JavaScript。",
  working: "正在读取 {name}……",
  progress: "已证明 {done} / {of} 处",
  fused: "{name}：融合了 {regions} 处，每处都已证明。卷积数：融合前 {before}，融合后 {after}。",
  nothing: "{name}：没有可融合的部分。它已没有分支，也没有卷积可以吸收的归一化或缩放。",
  failed: "{name} 无法融合：{message}",
  save: "保存 {name}",
  before: "融合前",
  after: "融合后",
  nodes: "节点",
  convolutions: "卷积",
  norms: "归一化",
  parameters: "参数",
  bytes: "字节",
  multiplyAdds: "乘加次数",
  regions: "融合了什么",
  place: "结果",
  becomes: "节点",
  weights: "权重范围（融合前、融合后）",
  refusals: "哪些没有融合，为什么",
  putBack: "证明失败而放回原样的部分",
  more: "另有 {count} 处",
  command: "在命令行中：",
};
