"""Whether rules cover what a program did, and which parts of the rules nothing needed."""

from bus_talk import Message
from globs import alternatives, matches
from profile_text import Profile, Rule
from trace import Use

NAME = "a0d7b954_blupow"  # of ourselves as a peer


def _of(profile: Profile, kind: str) -> list[Rule]:
    return [rule for rule in profile.rules if rule.kind == kind]


def _fits(pattern: str, text: str) -> bool:
    return not pattern or matches(pattern, text)


def _set_of(rule: Rule) -> set[str]:
    return {name.strip() for name in rule.conditions.get("set", "").strip("()").split(",") if name.strip()}


def _letters(rule: Rule) -> set[str]:
    return set(rule.permissions) - {"i"} | ({"a"} if "w" in rule.permissions else set())


def _missing(profile: Profile, use: Use) -> set[str]:
    fitting = [rule for rule in _of(profile, "file") if matches(rule.path, use.what)]
    allowed = set().union(*[_letters(rule) for rule in fitting if not rule.denies])
    return set(use.access) - (allowed - set().union(*[_letters(rule) for rule in fitting if rule.denies]))


def _signal_fits(rule: Rule, use: Use) -> bool:
    """A signal of ours is for ourselves, one that comes is from Docker."""
    return use.access in rule.access and use.what in _set_of(rule) and matches(rule.peer["label"], NAME if use.access == "send" else "unconfined")


def _message_fits(rule: Rule, message: Message) -> bool:
    if message.access not in rule.access or (message.access == "send" and rule.peer.get("name") != message.peer):
        return False
    return all(_fits(rule.conditions.get(key, ""), getattr(message, key)) for key in ("path", "interface", "member"))


def uncovered(profile: Profile, use: Use) -> str:
    """What is missing for it; "" when rules cover it."""
    if use.kind == "file":
        return "".join(sorted(_missing(profile, use)))
    if use.kind == "socket":
        family, kind = use.what.split()
        covered = any(rule.words == (family, kind) for rule in _of(profile, "network")) or any(
            family == "unix" and rule.conditions["type"] == kind for rule in _of(profile, "unix"))
    elif use.kind == "unix":
        covered = any(use.what in rule.access for rule in _of(profile, "unix"))
    elif use.kind == "signal":
        covered = any(_signal_fits(rule, use) for rule in _of(profile, "signal"))
    else:
        covered = False
    return "" if covered else use.what


def unheard(profile: Profile, message: Message) -> bool:
    return not any(_message_fits(rule, message) for rule in _of(profile, "dbus"))


def parts(profile: Profile) -> set[tuple[str, str]]:
    """Every smallest part of every rule that allows something: a path without braces and a letter, a socket, a member of an interface, a signal."""
    found = set()
    for rule in profile.rules:
        if rule.denies:
            continue
        if rule.kind == "file":
            found |= {(path, letter) for path in alternatives(rule.path) for letter in set(rule.permissions) - {"i"}}
        elif rule.kind == "network":
            found.add((" ".join(rule.words), "network"))
        elif rule.kind == "unix":
            found |= {(access, "unix") for access in rule.access}
        elif rule.kind == "signal":
            found |= {(f"{access} {rule.peer['label']}", name) for access in rule.access for name in _set_of(rule)}
        elif rule.kind == "dbus":
            found |= {(f"{access} {rule.conditions['interface']}", member) for access in rule.access for member in alternatives(rule.conditions["member"])}
    return found


def needed(profile: Profile, uses: set[Use], messages: set[Message]) -> set[tuple[str, str]]:
    """Those parts that something needed."""
    found = {(f"{message.access} {message.interface}", message.member) for message in messages}
    for path, letter in parts(profile):
        if path.startswith("/") and any(use.kind == "file" and letter in use.access and matches(path, use.what) for use in uses):
            found.add((path, letter))
    for use in uses:
        if use.kind == "socket":
            found.add((use.what, "network"))
        elif use.kind == "unix":
            found.add((use.what, "unix"))
        elif use.kind == "signal":
            # What one of ours sends, another of ours receives; nobody else is seen to.
            found |= {(f"{access} *_blupow", use.what) for access in ("send", "receive")} if use.access == "send" else {("receive unconfined", use.what)}
    return found
