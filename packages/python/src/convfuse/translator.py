"""Lets papermill set parameters of notebooks in TypeScript: it loads this module as that of an engine."""

import json
import math

from papermill.engines import NBClientEngine
from papermill.translators import Translator, papermill_translators

# Beyond it numbers of JavaScript have gaps.
_largest_exact = 2**53 - 1


class TypeScriptTranslator(Translator):
    """Writes values down in TypeScript, one `let` for each parameter."""

    @classmethod
    def translate_str(cls, val):
        return json.dumps(val)

    @classmethod
    def translate_escaped_str(cls, str_val):
        """What is no value of JSON or YAML, such as a date, is its text."""
        return json.dumps(str(str_val))

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_int(cls, val):
        if abs(val) > _largest_exact:
            raise ValueError(f"a number of TypeScript is not exact beyond {_largest_exact}, pass text; got {val}")
        return str(val)

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "Number.NaN"
        if math.isinf(val):
            return "Infinity" if val > 0 else "-Infinity"
        return repr(val)

    @classmethod
    def translate_dict(cls, val):
        # A key in brackets is one like any other, `__proto__` too.
        pairs = (f"[{json.dumps(str(key))}]: {cls.translate(value)}" for key, value in val.items())
        return f"{{ {', '.join(pairs)} }}"

    @classmethod
    def translate_list(cls, val):
        return f"[{', '.join(map(cls.translate, val))}]"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"let {name} = {str_val};"


class Engine(NBClientEngine):
    """papermill's own engine, under a name of ours: an entry point has to name one."""


papermill_translators.register("typescript", TypeScriptTranslator)
