import { Conv2d, fuse, Identity, manualSeed, Sum, toNested, verifyFusion } from "@convfuse/core";

self.addEventListener("message", ({ data: { channels, seed } }) => {
  manualSeed(seed);
  const block = new Sum([
    new Conv2d(channels, channels, 3, { padding: 1 }),
    new Conv2d(channels, channels, 1),
    new Identity(),
  ]);
  const { module } = fuse(block);
  const verification = verifyFusion(block, module, { inputShape: [1, channels, 9, 9], trials: 5 });
  // Nested numbers travel to the page as they are; a tensor would arrive without its methods.
  self.postMessage({ weight: toNested(module.weight), text: `${module}\n${verification}` });
});
