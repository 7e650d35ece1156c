// Three branches that PyTorch would train, made the one convolution that they are.
import {
  BatchNorm2d,
  Conv2d,
  fuse,
  Identity,
  manualSeed,
  Sequential,
  Sum,
  verifyFusion,
} from "@convfuse/core";

manualSeed(0); // the weights that torch.manual_seed(0) gives
const block = new Sum([
  new Sequential([new Conv2d(8, 8, 3, { padding: 1, bias: false }), new BatchNorm2d(8)]),
  new Sequential([new Conv2d(8, 8, 1, { bias: false }), new BatchNorm2d(8)]),
  new Identity(),
]);

const { module, report } = fuse(block);
console.log(String(module));
console.log(`${report.before.parameters} parameters before, ${report.after.parameters} after`);

const verification = verifyFusion(block, module, { inputShape: [1, 8, 16, 16], trials: 5, seed: 1 });
if (!verification.ok) throw new Error(String(verification));
console.log("Both give the same outputs, up to the rounding of float32.");
