"""Reads our systemd unit: what tests and the stand-in of systemd (sandbox.py) want of it. Knows no drop-ins and no continued lines: the unit has none."""

import pathlib
import re
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
UNIT = ROOT / "packaging/systemd/blupow.service"
USER = 61234  # one of those that DynamicUser gives


def settings(path=UNIT):
    """Each key with the list of its values, in their order."""
    found = {}
    for line in pathlib.Path(path).read_text().splitlines():
        match = re.match(r"(\w+)=(.*)", line)
        if match:
            found.setdefault(match[1], []).append(match[2].strip())
    return found


def command(path=UNIT, **variables):
    """The words of ExecStart, each ${VARIABLE} replaced; one that is not given is an error."""
    line = settings(path)["ExecStart"][0]
    return [re.sub(r"\$\{(\w+)\}", lambda match: variables[match[1]], word) for word in shlex.split(line)]


def _sets():
    """The sets of system calls that systemd knows by name, each with its lines: calls and other sets."""
    text = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter"], capture_output=True, text=True, check=True).stdout
    sets, name = {}, None
    for line in text.splitlines():
        if line.startswith("@"):
            name = line.strip()
            sets[name] = []
        elif line.startswith("    ") and name and not line.lstrip().startswith("#"):
            sets[name].append(line.strip())
    return sets


def allowed_calls(path=UNIT):
    """The system calls that SystemCallFilter leaves, as systemd reads it: a list of what is allowed, then what is taken from it."""
    sets = _sets()

    def expand(word):
        return {word} if not word.startswith("@") else set().union(*(expand(inner) for inner in sets[word]))

    allowed = expand("@default")
    for value in settings(path)["SystemCallFilter"]:
        calls = set().union(*(expand(word) for word in value.lstrip("~").split()))
        allowed = allowed - calls if value.startswith("~") else allowed | calls
    return allowed
