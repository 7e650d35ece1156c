"""What has to happen before torchvision is imported: its Python part asks for two operators of its compiled part, which does not load
beside every build of PyTorch. The networks here never call them."""

import torch

library = torch.library.Library("torchvision", "DEF")
for signature in (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
):
    library.define(signature)
