"""Makes cat.npy, the photograph of the first lesson, from one that scikit-image ships: `python make_cat.py` (pip install scikit-image).

The photograph is `skimage.data.chelsea()`, by Stéfan van der Walt, in the public domain (CC0). A part of 4 to 3 is cut out and reduced by
averaging, so that the file is small and every pixel can be seen.
"""

import pathlib

import numpy
from skimage import data, transform

photograph = data.chelsea()[0:300, 25:425]
small = transform.resize_local_mean(photograph, (72, 96), preserve_range=True)
pixels = numpy.round(small).astype(numpy.uint8).transpose(2, 0, 1)
numpy.save(pathlib.Path(__file__).with_name("cat.npy"), numpy.ascontiguousarray(pixels))
print(pixels.shape, pixels.dtype, "mean of each channel:", pixels.mean((1, 2)).round(2))
