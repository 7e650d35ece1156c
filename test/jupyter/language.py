"""Runs groups of cells through jupyter_client: language.py GROUPS.json, whose groups come back as lists of outputs per cell.

A line of JSON for each group: its number, and for each of its cells the outputs as a notebook holds them.
"""

import json
import pathlib
import sys
import tempfile

from kernels import Running
from nbformat.v4 import output_from_msg

SHOWN = ("stream", "display_data", "execute_result", "error")


def write_files(folder, files):
    for path, text in files.items():
        target = pathlib.Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def run(group):
    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, group.get("files", {}))
        kernel = Running(cwd=folder)
        try:
            cells = []
            for cell in group["cells"]:
                write_files(folder, cell.get("files", {}))
                _, messages = kernel.run(cell["code"])
                cells.append([output_from_msg(m) for m in messages if m["msg_type"] in SHOWN])
            return cells
        finally:
            kernel.stop()


for number, group in enumerate(json.loads(pathlib.Path(sys.argv[1]).read_text())):
    print("\n" + json.dumps({"group": number, "cells": run(group)}), flush=True)
