"""AppArmor's globs as the parser translates them (convert_aaregex_to_pcre); profile_test.py holds the two equal on every path of the profile."""

import re
from functools import lru_cache

_ANY = "[^\\x00]*"
_WITHIN = "[^/\\x00]*"
_ONE = "[^/\\x00]"


@lru_cache(maxsize=None)
def pattern_of(glob: str) -> str:
    """The expression in the parser's own words. `*` stays within a folder, `**` crosses; alone in a component either stands for one character or more."""
    parts, place, depth = [], 0, 0
    while place < len(glob):
        sign = glob[place]
        if sign == "*":
            after = glob[place:].lstrip("*")
            if parts and parts[-1] == "/" and (not after or after[0] == "/"):
                parts.append(_ONE)
            crosses = glob.startswith("**", place)
            parts.append(_ANY if crosses else _WITHIN)
            place += 2 if crosses else 1
            continue
        if sign == "[":
            end = glob.index("]", place)
            parts.append(glob[place:end + 1])
            place = end + 1
            continue
        depth += {"{": 1, "}": -1}.get(sign, 0)
        parts.append({"?": _ONE, "{": "(", "}": ")"}.get(sign) or ("|" if sign == "," and depth else re.escape(sign) if sign in ".+|^$()" else sign))
        place += 1
    return "".join(parts)


def matches(glob: str, text: str) -> bool:
    return re.fullmatch(pattern_of(glob), text) is not None


def alternatives(glob: str) -> list[str]:
    """The glob without braces: one for each way through them."""
    start = glob.find("{")
    if start < 0:
        return [glob]
    depth, last, choices = 0, start + 1, []
    for place in range(start, len(glob)):
        depth += {"{": 1, "}": -1}.get(glob[place], 0)
        if (glob[place] == "," and depth == 1) or depth == 0:
            choices.append(glob[last:place])
            last = place + 1
        if depth == 0:
            return [one for choice in choices for one in alternatives(glob[:start] + choice + glob[place + 1:])]
    raise ValueError(f"a brace of {glob} is not closed")


def literal_start(glob: str) -> str:
    """What stands before the first sign that may become something else."""
    return re.match(r"[^*?\[{]*", glob).group()
