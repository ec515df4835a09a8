"""What a program did, out of strace's files (-ff -yy): each call as AppArmor judges it.

Asking about a file (stat, access, readlink) is not judged by AppArmor, opening and changing it is. A call that this page does not know is an error,
so that nothing passes unseen."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# setpriority, prlimit64 and so on need a capability only sometimes; the program has no business with any of them.
PRIVILEGED = ("capset,setuid,setgid,setreuid,setregid,setresuid,setresgid,setgroups,setfsuid,setfsgid,chroot,mount,umount2,pivot_root,move_mount,fsopen,open_tree,"
              "sethostname,setdomainname,settimeofday,clock_settime,adjtimex,clock_adjtime,setpriority,ioprio_set,sched_setscheduler,sched_setattr,sched_setparam,"
              "mlock,mlockall,prlimit64,ptrace,process_vm_readv,process_vm_writev,bpf,perf_event_open,unshare,setns,init_module,finit_module,reboot,syslog,quotactl,"
              "swapon,acct,open_by_handle_at,fanotify_init,userfaultfd,io_uring_setup,keyctl,add_key,request_key,kcmp,pidfd_getfd")
TRACED = f"%file,%network,fcntl,flock,mmap,mprotect,pkey_mprotect,ftruncate,fchmod,fchown,kill,tkill,tgkill,rt_sigqueueinfo,rt_tgsigqueueinfo,pidfd_send_signal,{PRIVILEGED}"
_PRIVILEGED = set(PRIVILEGED.split(","))
_NOT_JUDGED = set("stat lstat fstat newfstatat statx access faccessat faccessat2 readlink readlinkat statfs fstatfs getcwd chdir fchdir utimensat".split())
_OF_SOCKETS = {"connect": "connect", "bind": "bind", "listen": "listen", "accept": "accept", "accept4": "accept", "getsockname": "getattr",
               "getpeername": "getattr", "getsockopt": "getopt", "setsockopt": "setopt", "shutdown": "shutdown", "sendto": "send", "sendmsg": "send",
               "sendmmsg": "send", "recvfrom": "receive", "recvmsg": "receive", "recvmmsg": "receive"}
_SIGNAL = re.compile(r"^--- SIG(\w+) \{.*si_code=(SI_USER|SI_TKILL|SI_QUEUE)")


@dataclass(frozen=True, order=True)
class Use:
    kind: str  # file, socket, unix, signal, privileged
    what: str  # path, "inet stream", access of a unix socket, name of a signal, call
    access: str = ""  # of files: letters of AppArmor; of signals: send, receive
    call: str = field(default="", compare=False)
    error: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.what} {self.access} ({self.call}{' ' + self.error if self.error else ''})"


def uses(traces: list[Path]) -> Iterator[Use]:
    for trace in traces:
        for line in trace.read_text(errors="replace").splitlines():
            yield from _uses_of(line)


def _uses_of(line: str) -> Iterator[Use]:
    if line.startswith("+++"):
        return
    if line.startswith("---"):
        if found := _SIGNAL.match(line):
            yield Use("signal", found[1].lower(), "receive", "a signal came")
        return
    found = re.match(r"(\w+)\((.*)\) += (\S+)(?: (E\w+))?", line)
    if found is None:
        if re.search(r"\(.*(\) += \?|<unfinished \.\.\.>)", line):  # the process ended in it
            return
        raise ValueError(f"this line of strace is not understood: {line[:300]}")
    call, result, error = found[1], line[found.start(3):].split(" (")[0], found[4] or ""
    arguments = _arguments(found[2])
    for use in _judged(call, arguments, result):
        yield Use(use.kind, use.what, use.access, call, error)


def _arguments(text: str) -> list[str]:
    found, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(text):
        if sign == '"' and text[place - 1] != "\\":
            quoted = not quoted
        if quoted:
            continue
        if sign == ">" and text[place - 1] == "-":
            continue  # UNIX-STREAM:[1->2]
        depth += {"{": 1, "(": 1, "[": 1, "<": 1, "}": -1, ")": -1, "]": -1, ">": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
    return [*found, text[start:].strip()]


def _judged(call: str, arguments: list[str], result: str) -> Iterator[Use]:
    if call in _NOT_JUDGED:
        return
    if call in _PRIVILEGED:
        if not (call == "prlimit64" and arguments[2] == "NULL"):  # asks
            yield Use("privileged", call)
    elif call in _FILES:
        yield from _FILES[call](arguments, result)
    elif call in ("socket", "socketpair"):
        family, kind = arguments[0].removeprefix("AF_").removeprefix("PF_").lower(), arguments[1].split("|")[0].removeprefix("SOCK_").lower()
        yield from _sockets(family, kind, call)
    elif call in _OF_SOCKETS:
        yield from _on_socket(call, arguments)
    elif call in ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"):
        name = arguments[2 if call in ("tgkill", "rt_tgsigqueueinfo") else 1]
        yield Use("signal", "exists" if name == "0" else name.removeprefix("SIG").lower(), "send")
    else:
        raise ValueError(f"{call} is traced, but nothing says what it needs")


def _sockets(family: str, kind: str, call: str) -> Iterator[Use]:
    yield Use("socket", f"{family} {kind}")
    if family == "unix":
        for access in ("create", "connect", "send", "receive") if call == "socketpair" else ("create",):
            yield Use("unix", access)


def _on_socket(call: str, arguments: list[str]) -> Iterator[Use]:
    if "<UNIX" not in arguments[0]:
        return  # of inet sockets AppArmor 3 judges family and type alone
    yield Use("unix", _OF_SOCKETS[call])
    path = re.search(r'sun_path="([^"]+)"', arguments[1]) if call in ("connect", "bind") else None
    if path:
        yield Use("file", _resolved(path[1]), "rw")


# ---- files

def _resolved(path: str) -> str:
    """Where links lead, as the kernel sees it; the last component may be gone by now."""
    if not path.startswith("/"):
        raise ValueError(f"the relative path {path} cannot be judged")
    if re.match(r"/proc/(self|thread-self)/", path):
        return path
    whole = os.path.realpath(path) if os.path.exists(path) else os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    return whole + "/" if os.path.isdir(whole) else whole


def _of_descriptor(argument: str) -> str:
    """The path behind `3</path>`; "" for what is no file."""
    found = re.match(r"\w+<(/.*?)(?:>\(deleted\)| \(deleted\)>|>)$", argument)
    return _resolved(re.sub(r"<char .*$", "", found[1])) if found else ""


def _text(argument: str, folder: str = "") -> str:
    path = argument[1:argument.rindex('"')]
    if not path.startswith("/") and folder:
        path = os.path.join(re.match(r"\w+<(.*)>$", folder)[1], path)
    return path


def _open(path: str, flags: str, result: str) -> Iterator[Use]:
    words = set(flags.split("|"))
    if "O_PATH" in words:
        return
    access = {"O_RDONLY": "r", "O_WRONLY": "w", "O_RDWR": "rw"}[next(word for word in words if word in ("O_RDONLY", "O_WRONLY", "O_RDWR"))]
    if words & {"O_CREAT", "O_TRUNC"} and "w" not in access:
        access += "w"
    opened = _of_descriptor(result) or _resolved(path)
    yield Use("file", opened + "/" if "O_DIRECTORY" in words and not opened.endswith("/") else opened, access)


def _mmap(arguments: list[str], _: str) -> Iterator[Use]:
    path = _of_descriptor(arguments[4])
    if not path:
        return
    shared = "MAP_PRIVATE" not in arguments[3]
    access = "".join(letter for word, letter in (("PROT_READ", "r"), ("PROT_WRITE", "w" if shared else ""), ("PROT_EXEC", "m")) if word in arguments[2])
    if access:
        yield Use("file", path, access)


def _mprotect(arguments: list[str], _: str) -> Iterator[Use]:
    if "PROT_EXEC" in arguments[2]:
        raise ValueError("memory is made executable, and strace does not say of which file")
    yield from ()


def _lock(arguments: list[str], _: str) -> Iterator[Use]:
    if "SETLK" in arguments[1] or arguments[1].startswith("LOCK_"):
        path = _of_descriptor(arguments[0])
        exclusive = "F_WRLCK" in arguments[-1] or "LOCK_EX" in arguments[1]
        yield Use("file", path, "kw" if exclusive else "k")


def _execute(arguments: list[str], _: str) -> Iterator[Use]:
    program = _text(arguments[0])
    if program != "/proc/self/exe":  # that is the one which was judged when it was executed first
        yield from _program(_resolved(program))


def _program(path: str) -> Iterator[Use]:
    """The kernel maps the program and its loader before the first call."""
    yield Use("file", path, "rmx")
    if loader := re.search(rb"\0(/lib[\w/.-]*/ld-linux[\w.-]+)\0", Path(path).read_bytes()):
        yield Use("file", _resolved(loader[1].decode()), "rm")


def _rename(old: str, new: str) -> Iterator[Use]:
    yield Use("file", _resolved(old), "rw")
    yield Use("file", _resolved(new), "w")


def _write(path: str) -> Iterator[Use]:
    if path:
        yield Use("file", path, "w")


_FILES = {
    "open": lambda a, r: _open(_text(a[0]), a[1], r),
    "openat": lambda a, r: _open(_text(a[1], a[0]), a[2], r),
    "creat": lambda a, r: _open(_text(a[0]), "O_WRONLY|O_CREAT|O_TRUNC", r),
    "execve": _execute,
    "mmap": _mmap,
    "mprotect": _mprotect,
    "pkey_mprotect": _mprotect,
    "fcntl": _lock,
    "flock": _lock,
    "rename": lambda a, r: _rename(_text(a[0]), _text(a[1])),
    "renameat": lambda a, r: _rename(_text(a[1], a[0]), _text(a[3], a[2])),
    "renameat2": lambda a, r: _rename(_text(a[1], a[0]), _text(a[3], a[2])),
    "unlink": lambda a, r: _write(_resolved(_text(a[0]))),
    "unlinkat": lambda a, r: _write(_resolved(_text(a[1], a[0])) + ("/" if "AT_REMOVEDIR" in a[2] else "")),
    "rmdir": lambda a, r: _write(_resolved(_text(a[0])) + "/"),
    "mkdir": lambda a, r: _write(_resolved(_text(a[0])).rstrip("/") + "/"),
    "mkdirat": lambda a, r: _write(_resolved(_text(a[1], a[0])).rstrip("/") + "/"),
    "symlink": lambda a, r: _write(_resolved(_text(a[1]))),
    "chmod": lambda a, r: _write(_resolved(_text(a[0]))),
    "fchmodat": lambda a, r: _write(_resolved(_text(a[1], a[0]))),
    "fchmod": lambda a, r: _write(_of_descriptor(a[0])),
    "chown": lambda a, r: _write(_resolved(_text(a[0]))),
    "fchownat": lambda a, r: _write(_resolved(_text(a[1], a[0]))),
    "fchown": lambda a, r: _write(_of_descriptor(a[0])),
    "truncate": lambda a, r: _write(_resolved(_text(a[0]))),
    "ftruncate": lambda a, r: _write(_of_descriptor(a[0])),
}
