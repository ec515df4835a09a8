"""The profile as the Supervisor and apparmor_parser treat it: renamed, compiled, expanded, and taken apart into rules."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROFILE = ROOT / "apparmor.txt"
LINK = ROOT / "apparmor/blupow"
PARSER = "/usr/sbin/apparmor_parser"
_HEADER = re.compile(r"^profile ([^ ]+).*$")
_SWITCHES = {"allow", "audit", "deny", "owner", "quiet"}
_KINDS = {"all", "capability", "change_profile", "dbus", "hat", "io_uring", "link", "mount", "mqueue", "network", "pivot_root", "profile", "ptrace", "remount",
          "set", "signal", "umount", "unix", "userns"}


class NotAccepted(Exception):
    """What the Supervisor or the parser says of a text that it does not take."""


def adjust(text: str, name: str) -> str:
    """As the Supervisor does before it hands the profile to the host: one name, in lines that begin with it, replaced once in each."""
    lines = text.splitlines(keepends=True)
    names = {found[1] for line in lines if (found := _HEADER.match(line))}
    if len(names) != 1:
        raise NotAccepted(f"profile names: {sorted(names)}")
    old = names.pop()
    return "".join(line.replace(old, name, 1) if _HEADER.match(line) else line for line in lines)


def _parse(arguments: list[str], text: str) -> str:
    done = subprocess.run([PARSER, *arguments], input=text, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise NotAccepted(done.stderr.strip())
    return done.stdout


def compiles(text: str, features: str = "") -> None:
    """For this parser's newest kernel, or for one with the features of that file of /etc/apparmor.d/abi."""
    _parse(["-Q", "-K", "-T", *(["-M", f"/etc/apparmor.d/abi/{features}"] if features else [])], text)


def names(text: str) -> list[str]:
    return _parse(["--names"], text).split()


def expanded(text: str) -> str:
    """With everything that it includes on this host."""
    return _parse(["-p"], text)


def expressions(text: str) -> dict[str, str]:
    """Each path of the text and the expression that the parser makes of it."""
    said = subprocess.run([PARSER, "-Q", "-K", "-T", "-D", "rule-exprs"], input=text, capture_output=True, text=True, timeout=60, check=True)
    return dict(re.findall(r"^aare: (\S+)\s+->\s+(\S+)$", said.stdout + said.stderr, re.MULTILINE))


@dataclass(frozen=True)
class Rule:
    kind: str  # file, or the rule's own word
    text: str
    switches: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()  # what stands by itself: path, permissions, family, type
    access: frozenset[str] = frozenset()  # of dbus, signal, unix; empty: all
    conditions: dict[str, str] = field(default_factory=dict, hash=False)
    peer: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def denies(self) -> bool:
        return "deny" in self.switches

    @property
    def path(self) -> str:
        return next((word for word in self.words if word.startswith(("/", "{"))), "")

    @property
    def permissions(self) -> str:
        """Of a file rule; "" where it names no path (then it is about every file)."""
        return next((word for word in self.words if word != self.path and re.fullmatch(r"[rwaklmxipPcCuU]+", word)), "")


@dataclass
class Profile:
    name: str
    flags: frozenset[str]
    rules: list[Rule]


def _without_comments(text: str) -> str:
    return re.sub(r"(?m)(^|\s)#.*$", "", text)


def _variables(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, operator, values in re.findall(r"(?m)^\s*@\{(\w+)\}\s*(\+?=)\s*(.*)$", text):
        found[name] = (found.get(name, []) if operator == "+=" else []) + [value.strip('"') for value in values.split()]
    return found


def _filled_in(text: str, variables: dict[str, list[str]]) -> str:
    while found := re.search(r"@\{(\w+)\}", text):
        values = variables[found[1]]
        text = text.replace(found[0], values[0] if len(values) == 1 else "{" + ",".join(values) + "}")
    return re.sub(r"/+", "/", text)


def _statements(body: str) -> list[str]:
    """Cut at the commas that end a rule: those outside of all brackets."""
    statements, depth, last = [], 0, 0
    for place, sign in enumerate(body):
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(sign, 0)
        if (sign == "," and depth == 0) or (sign == "}" and depth == 0 and body[last:place].lstrip().startswith("profile")):
            statements.append(" ".join(body[last:place].split()))
            last = place + 1
    if body[last:].strip():
        statements.append(" ".join(body[last:].split()))
    return [statement for statement in statements if statement]


def _pairs(text: str) -> dict[str, str]:
    found = re.findall(r"(\w+)\s*=\s*(\([^)]*\)|\"[^\"]*\"|[^\s,]*\{[^}]*\}[^\s,]*|[^\s,]+)", text)
    return {key: value.strip("\"") for key, value in found}


def _rule(statement: str) -> Rule:
    switches, rest = set(), statement
    while (word := rest.split(" ")[0]) in _SWITCHES or word.startswith("priority="):
        switches.add(word)
        rest = rest[len(word):].lstrip()
    kind = rest.split(" ")[0].split("(")[0]
    if kind not in _KINDS:
        words = tuple(part.strip('"') for part in rest.split() if part != "file")
        return Rule("file", statement, frozenset(switches), words)
    rest = rest[len(kind):].strip()
    conditions = _pairs(rest)
    peer = conditions.pop("peer", "")
    plain = re.sub(r"\w+\s*=\s*(\([^)]*\)|\"[^\"]*\"|[^\s,]*\{[^}]*\}[^\s,]*|[^\s,]+)", "", rest)
    words = tuple(re.findall(r"[^\s,()]+", plain))
    access = frozenset(words) if kind in ("dbus", "signal", "unix", "ptrace") else frozenset()
    return Rule(kind, statement, frozenset(switches), words, access, conditions, _pairs(peer[1:-1]) if peer.startswith("(") else {"label": peer} if peer else {})


def taken_apart(text: str) -> Profile:
    """The one profile of an expanded text."""
    text = _without_comments(text)
    head = re.search(r"(?m)^profile (\S+)(?: flags=\(([^)]*)\))? \{", text)
    if head is None:
        raise NotAccepted("there is no profile")
    variables = _variables(text[:head.start()]) | {"profile_name": [head[1]]}
    depth = 1
    for place in range(head.end(), len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            break
    if text[place + 1:].strip():
        raise NotAccepted(f"something follows the profile: {text[place + 1:].strip()[:60]}")
    body = _filled_in(re.sub(r"@\{(?!\w)", "{", text[head.end():place]), variables)
    rules = [_rule(statement) for statement in _statements(body) if not statement.startswith("abi ")]
    flags = frozenset(flag.strip() for flag in (head[2] or "").split(",") if flag.strip())
    return Profile(head[1], flags, rules)
