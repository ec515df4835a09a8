"""What the profile may never allow, judged on its rules with all abstractions expanded. Each fault is a sentence that names the rule."""

from collections.abc import Iterator

from globs import alternatives, literal_start, matches
from profile_text import Profile, Rule

FLAGS = {"attach_disconnected", "mediate_deleted"}
PROGRAMS = {"/usr/bin/blupow", "/sbin/docker-init", "/usr/sbin/docker-init"}
LIBRARIES = "/usr/lib/"
DATA = "/data/"
WRITABLE_BESIDE_DATA = {"/dev/null", "/run/dbus/system_bus_socket"}
SOCKETS = {(family, kind) for family in ("inet", "inet6") for kind in ("stream", "dgram")}
UNIX_ACCESS = {"create", "connect", "send", "receive", "getattr", "getopt", "setopt"}  # neither bind nor listen nor accept
BUS_PEERS = {"org.bluez", "org.freedesktop.DBus"}
OURSELVES = "*_blupow"
MAY_SIGNAL_US = {"unconfined", "runc", "crun", OURSELVES}
# Nobody's business here, whatever glob would let it pass.
SECRETS = ["/etc/shadow", "/root/.ssh/id_ed25519", "/config/secrets.yaml", "/ssl/privkey.pem", "/ssl/letsencrypt/live/home/privkey1.pem", "/ssl/home.key", "/proc/1/environ",
           "/proc/1/mem", "/proc/kcore", "/proc/sysrq-trigger", "/sys/kernel/security/apparmor/profiles", "/dev/mem", "/dev/uhid", "/dev/rfkill", "/dev/sda",
           "/run/docker.sock", "/var/lib/bluetooth/00:11:22:33:44:55/cache"]
NEVER_EXECUTED = ["/bin/sh", "/bin/bash", "/bin/dash", "/bin/busybox", "/usr/bin/env", "/usr/bin/python3", "/usr/bin/python3.11", "/usr/bin/perl", "/usr/bin/sh",
                  "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1", "/data/program", "/tmp/program"]


def faults(profile: Profile) -> list[str]:
    found = [] if profile.flags == FLAGS else [f"the flags are {sorted(profile.flags)}"]
    for rule in profile.rules:
        if not rule.denies:
            found += [f"'{rule.text}': {fault}" for fault in _JUDGES.get(rule.kind, _forbidden)(rule)]
    return found + [f"{path} can be read" for path in SECRETS if _allowed(profile, path, "r")] + [
        f"{path} can be executed" for path in NEVER_EXECUTED if _allowed(profile, path, "x")]


def _allowed(profile: Profile, path: str, permission: str) -> bool:
    fitting = [rule for rule in profile.rules if rule.kind == "file" and permission in (rule.permissions or permission) and matches(rule.path or "/**", path)]
    return any(not rule.denies for rule in fitting) and not any(rule.denies for rule in fitting)


def _forbidden(rule: Rule) -> Iterator[str]:
    yield f"{rule.kind} is not used and not allowed"


def _file(rule: Rule) -> Iterator[str]:
    if not rule.path or not rule.permissions:
        yield "names no path, or no permission"
        return
    for path in alternatives(rule.path):
        start = literal_start(path)
        if set(rule.permissions) & set("wal") and not start.startswith(DATA) and path not in WRITABLE_BESIDE_DATA:
            yield f"{path} can be written"
        if "k" in rule.permissions and not start.startswith(DATA):
            yield f"{path} can be locked"
        if "x" in rule.permissions and path not in PROGRAMS:
            yield f"{path} can be executed"
        if "m" in rule.permissions and path not in PROGRAMS and not start.startswith(LIBRARIES):
            yield f"{path} can be mapped to be executed"
    if "x" in rule.permissions and ("ix" not in rule.permissions or set(rule.permissions) & set("pPcCuU") or "->" in rule.words):
        yield "what is executed leaves the profile"
    if "l" in rule.permissions:
        yield "hard links"


def _network(rule: Rule) -> Iterator[str]:
    if tuple(rule.words) not in SOCKETS:
        yield f"other sockets than {sorted(SOCKETS)}"


def _unix(rule: Rule) -> Iterator[str]:
    if not rule.access or rule.access - UNIX_ACCESS:
        yield f"access must be named and among {sorted(UNIX_ACCESS)}"
    if rule.conditions.get("type") != "stream":
        yield "another type than stream"


def _dbus(rule: Rule) -> Iterator[str]:
    if rule.conditions.get("bus") != "system":
        yield "another bus than the system's"
    if not rule.access or rule.access - {"send", "receive"}:
        yield "must be send or receive, nothing else"
    if rule.access != {"receive"} and rule.peer.get("name") not in BUS_PEERS:
        yield f"a send whose peer is none of {sorted(BUS_PEERS)}"
    if rule.access != {"send"} and not (rule.peer.get("label") or {"interface", "path", "member"} & set(rule.conditions)):
        yield "a receive that names neither interface, path, member nor label"


def _signal(rule: Rule) -> Iterator[str]:
    peer = rule.peer.get("label")
    if not rule.access or rule.access - {"send", "receive"}:
        yield "must be send or receive"
    if peer not in MAY_SIGNAL_US or (rule.access != {"receive"} and peer != OURSELVES):
        yield f"signals to or from '{peer or 'everybody'}'"
    if "set" not in rule.conditions:
        yield "names no signals"


_JUDGES = {"file": _file, "network": _network, "unix": _unix, "dbus": _dbus, "signal": _signal}
