"""Executes notebooks under one kernel, one after another: execute.py KERNEL FOLDER NOTEBOOK...

Writes each into the folder under its own name, as far as it came; what broke it off goes to stderr, and the next one follows.
nbclient's own verdict is not enough: stock tslab answers cells after an error with an abort, which nbclient counts as passed.
So whoever calls this compares each cell's outputs.
"""

import pathlib
import sys

import nbclient
import nbformat
from kernel_ports import use_own_ports

use_own_ports()
kernel, folder, *sources = sys.argv[1:]
# Stock tslab now and then publishes on a socket that it still binds, and is gone before its first reply. Ours has to start at once.
starts = 3 if kernel == "tslab" else 1


def execute(notebook, source):
    """Executes a notebook; begins anew, as often as may be, where the kernel ended before any cell."""
    for left in reversed(range(starts)):
        client = nbclient.NotebookClient(
            notebook,
            kernel_name=kernel,
            timeout=120,
            resources={"metadata": {"path": str(source.parent)}},
        )
        try:
            return client.execute()
        except RuntimeError as error:
            never_replied = str(error).startswith(("Kernel didn't respond", "Kernel died before replying"))
            if not never_replied or left == 0:
                raise


for source in map(pathlib.Path, sources):
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    try:
        execute(notebook, source)
    except Exception as error:
        print(f"{source.name} under {kernel}: {type(error).__name__}: {error}", file=sys.stderr)
    nbformat.write(notebook, pathlib.Path(folder, source.name))
