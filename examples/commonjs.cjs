// The packages are ES modules; every supported Node can require them.
const { conv2d, tensor, toNested } = require("@convfuse/core");

const image = tensor([
  [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ],
]); // [channels, height, width]
const edges = tensor([[[[1, -1]]]]); // [out channels, in channels, kernel height, kernel width]
console.log(JSON.stringify(toNested(conv2d(image, edges))));
