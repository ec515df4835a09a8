#!/usr/bin/python3
"""Starts a command out of a root folder as systemd would start our unit, where no systemd runs: sandbox.py ROOT [COMMAND...], without COMMAND the unit's own.

Done as the unit says: user, state folder, credential, read-only files, private /tmp, own /proc, user namespace, no capability and no way to one, the filters of
system calls, of address families, of namespaces and of writable code. Not done: what takes devices, kernel settings and IPC from a service that has no
capability anyway. To be started in a mount namespace of its own (unshare --mount --propagation private)."""

import ctypes
import os
import pathlib
import socket
import subprocess
import sys

import seccomp
import unit_file
from unit_file import USER

CREDENTIALS = "/run/credentials/blupow.service"
STATE = "/var/lib/blupow"  # a link to private/blupow, where nobody else may look
PRIVATE = "/var/lib/private"
CLONE_NEWUSER, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 0x10000000, 38, 24
NAMESPACES = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]
PROT_WRITE_EXEC, PROT_EXEC, EPERM, ENOSYS, EAFNOSUPPORT = 6, 4, 1, 38, 97
libc = ctypes.CDLL(None, use_errno=True)


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def lay_out(root):
    """What the service sees as its files; the folder where that is."""
    view = root / "blupow-work/view"
    view.mkdir(parents=True, exist_ok=True)
    mount("--bind", root, view)
    mount("-o", "remount,bind,ro", view)
    mount("-t", "proc", "-o", "subset=pid,hidepid=invisible", "proc", view / "proc")
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", view / "tmp")
    state = root / PRIVATE[1:] / "blupow"
    os.chown(state, USER, USER)
    state.chmod(0o700)
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", view / PRIVATE[1:])
    (view / PRIVATE[1:] / "blupow").mkdir()
    mount("--bind", state, view / PRIVATE[1:] / "blupow")
    credentials = view / CREDENTIALS[1:]
    mount("-t", "tmpfs", "-o", f"mode=500,uid={USER},gid={USER}", "tmpfs", credentials)
    name, source = unit_file.settings()["LoadCredential"][0].split(":")
    (credentials / name).write_bytes((root / source[1:]).read_bytes())
    os.chown(credentials / name, USER, USER)
    (credentials / name).chmod(0o400)
    mount("-o", "remount,ro", credentials)
    return view


def enter_user_namespace():
    """Our user and root are themselves in it, nobody else is there. Someone outside has to write that down."""
    ours, theirs = socket.socketpair()
    me = os.getpid()
    child = os.fork()
    if child == 0:
        theirs.recv(1)
        for kind in ("uid", "gid"):
            pathlib.Path(f"/proc/{me}/{kind}_map").write_text(f"0 0 1\n{USER} {USER} 1\n")
        os._exit(0)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    ours.send(b"x")
    if os.waitpid(child, 0)[1] != 0:
        raise OSError("the user namespace has no map")


def give_up_rights():
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def filter_calls(settings, allowed):
    """As systemd: a filter for each setting, all of them hold. The list of calls comes last, since it allows no further filter."""
    families = seccomp.SyscallFilter(seccomp.ALLOW)
    known = {getattr(socket, name) for word in settings["RestrictAddressFamilies"] for name in word.split()}
    for family in set(range(46)) - {int(one) for one in known}:
        families.add_rule(seccomp.ERRNO(EAFNOSUPPORT), "socket", seccomp.Arg(0, seccomp.EQ, family))
    families.load()
    others = seccomp.SyscallFilter(seccomp.ALLOW)
    if settings["MemoryDenyWriteExecute"] == ["yes"]:
        others.add_rule(seccomp.ERRNO(EPERM), "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_WRITE_EXEC, PROT_WRITE_EXEC))
        others.add_rule(seccomp.ERRNO(EPERM), "mprotect", seccomp.Arg(2, seccomp.MASKED_EQ, PROT_EXEC, PROT_EXEC))
    if settings["RestrictNamespaces"] == ["yes"]:
        others.add_rule(seccomp.ERRNO(ENOSYS), "clone3")
        for flag in NAMESPACES:
            for call in ("clone", "unshare"):
                others.add_rule(seccomp.ERRNO(EPERM), call, seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    others.load()
    calls = seccomp.SyscallFilter(seccomp.ERRNO(EPERM))
    for call in allowed:
        if seccomp.resolve_syscall(seccomp.Arch(), call) >= 0:  # the others belong to other architectures
            calls.add_rule(seccomp.ALLOW, call)
    calls.load()


def main():
    root = pathlib.Path(sys.argv[1])
    settings, allowed = unit_file.settings(), unit_file.allowed_calls()  # read here: there is no systemd-analyze in the root
    environment = {"PATH": "/usr/sbin:/usr/bin", "LANG": "C.UTF-8", "CREDENTIALS_DIRECTORY": CREDENTIALS, "STATE_DIRECTORY": STATE}
    command = sys.argv[2:] or unit_file.command(**environment)
    view = lay_out(root)
    enter_user_namespace()
    os.chroot(view)
    os.chdir("/")
    os.umask(int(settings["UMask"][0], 8))
    give_up_rights()
    filter_calls(settings, allowed)
    os.execve(command[0], command, environment)


main()
