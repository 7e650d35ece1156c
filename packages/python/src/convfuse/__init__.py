"""A TypeScript kernel for Jupyter, and the command that fuses trained networks: both run in Node, which comes as a wheel."""

__version__ = "0.1.0"
