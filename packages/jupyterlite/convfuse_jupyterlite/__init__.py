"""The TypeScript kernel of convfuse for JupyterLite: a prebuilt extension, which `jupyter lite build` finds by itself."""

# The build writes the kernel's version here.
__version__ = "0"
