"""
Writes hand-made ONNX files, and puts into random ones what fusing knows nothing of:

    python make.py FOLDER
"""

import json
import sys
from pathlib import Path

import cases_arithmetic  # noqa: F401
import cases_bodies  # noqa: F401
import cases_files  # noqa: F401
import cases_moves  # noqa: F401
import cases_numbers  # noqa: F401
import cases_opsets  # noqa: F401
import cases_windows  # noqa: F401
import onnx
from case import cases
from decorate import decorate


def main() -> None:
    folder = Path(sys.argv[1])
    listed = []
    for place, one in enumerate(cases):
        file = f"{place}.onnx"
        (folder / file).write_bytes(decorate(one.model, place) if place % 2 else one.model.SerializeToString())
        for name, content in one.external.items():
            (folder / name).write_bytes(content)
        listed.append({"name": one.name, "file": file, "options": one.options, "putBack": one.put_back})
    for path in sorted(folder.glob("random-*.onnx")):
        path.write_bytes(decorate(onnx.load(path), len(listed)))
        listed.append({"name": path.stem, "file": path.name, "options": {}, "putBack": 0})
    print(json.dumps(listed))


if __name__ == "__main__":
    main()
