"""`python -m convfuse.kernel`: what the wheel's kernelspec starts, as Jupyter puts its own Python for "python"."""

from convfuse.launch import kernel

if __name__ == "__main__":
    kernel()
