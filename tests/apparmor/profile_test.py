#!/usr/bin/env python3
"""The profile compiles under the names that the Supervisor gives it and allows nothing that it must not; each check is shown to fail on a changed profile."""

import subprocess
import unittest

import globs
import judge
import profile_text
from profile_text import LINK, PROFILE, ROOT, NotAccepted

NAMES = ["a0d7b954_blupow", "local_blupow"]  # of a repository, and of the folder for local ones
TEXT = PROFILE.read_text()

# A line that is put into the profile, and what must be said of it.
ADDED = [
    ("file,", "names no path"),
    ("network,", "other sockets"),
    ("network inet,", "other sockets"),
    ("network inet raw,", "other sockets"),
    ("network inet6 raw,", "other sockets"),
    ("network packet dgram,", "other sockets"),
    ("network netlink raw,", "other sockets"),
    ("network bluetooth,", "other sockets"),
    ("network bluetooth raw,", "other sockets"),
    ("network unix dgram,", "other sockets"),
    ("capability,", "capability is not used"),
    ("capability dac_override,", "capability is not used"),
    ("capability net_admin,", "capability is not used"),
    ("dbus,", "another bus"),
    ("dbus bus=system,", "must be send or receive"),
    ("dbus send,", "another bus"),
    ("dbus send bus=system,", "whose peer is none of"),
    ("dbus send bus=session peer=(name=org.bluez),", "another bus"),
    ("dbus send bus=system peer=(label=unconfined),", "whose peer is none of"),
    ("dbus send bus=system peer=(name=org.freedesktop.systemd1),", "whose peer is none of"),
    ("dbus send bus=system peer=(name=org.*),", "whose peer is none of"),
    ("dbus send bus=system path=/ interface=org.freedesktop.DBus.Properties,", "whose peer is none of"),
    ("dbus receive bus=system,", "neither interface"),
    ("dbus receive bus=system peer=(name=org.bluez),", "neither interface"),
    ("dbus receive interface=org.bluez.Agent1,", "another bus"),
    ("dbus (send, receive) bus=system interface=org.bluez.Agent1,", "whose peer is none of"),
    ("dbus eavesdrop bus=system,", "must be send or receive"),
    ("dbus bind bus=system name=org.bluez,", "must be send or receive"),
    ("signal,", "names no signals"),
    ("signal (receive),", "everybody"),
    ("signal (receive) peer=unconfined,", "names no signals"),
    ("signal (send) set=(term) peer=unconfined,", "signals to or from 'unconfined'"),
    ("signal (send, receive) set=(term) peer=blupow,", "signals to or from 'blupow'"),
    ("unix,", "access must be named"),
    ("unix type=stream,", "access must be named"),
    ("unix (create, bind, listen) type=stream,", "access must be named"),
    ("unix (create) type=dgram,", "another type"),
    ("unix (create),", "another type"),
    ("ptrace,", "ptrace is not used"),
    ("ptrace (read) peer=unconfined,", "ptrace is not used"),
    ("mount,", "mount is not used"),
    ("umount,", "umount is not used"),
    ("pivot_root,", "pivot_root is not used"),
    ("change_profile -> unconfined,", "change_profile is not used"),
    ("/bin/sh ix,", "/bin/sh can be executed"),
    ("/bin/** ix,", "/bin/bash can be executed"),
    ("/usr/bin/* mrix,", "/usr/bin/python3 can be executed"),
    ("/usr/bin/python3* rPUx,", "leaves the profile"),
    ("/usr/bin/env Ux,", "leaves the profile"),
    ("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 ix,", "can be executed"),
    ("/usr/bin/blupow cx -> other,", "leaves the profile"),
    ("/data/** ix,", "can be executed"),
    ("/data/** m,", "can be mapped"),
    ("/data/** l,", "hard links"),
    ("/tmp/** rw,", "/tmp/** can be written"),
    ("/{data,tmp}/** rw,", "/tmp/** can be written"),
    ("/data{,2}/** w,", "/data2/** can be written"),
    ("/** a,", "/** can be written"),
    ("/run/** rw,", "/run/** can be written"),
    ("/usr/bin/blupow w,", "/usr/bin/blupow can be written"),
    ("/usr/share/blupow/** k,", "can be locked"),
    ("owner /etc/** w,", "/etc/** can be written"),
    ("audit /proc/sys/** w,", "/proc/sys/** can be written"),
    ("/** r,", "/etc/shadow can be read"),
    ("/proc/** r,", "/proc/1/environ can be read"),
    ("@{PROC}/@{pid}/environ r,", "/proc/1/environ can be read"),
    ("/config/** r,", "/config/secrets.yaml can be read"),
    ("/dev/** r,", "/dev/mem can be read"),
    ("#include <abstractions/base>", "ptrace is not used"),
    ("#include <abstractions/nameservice>", "netlink raw"),
    ("#include <abstractions/dbus>", "'dbus bus=system'"),
    ("include <abstractions/bash>", "can be"),
    ("profile child {\n    /data/ r,\n  }", "profile is not used"),
]
# Words of the profile that are changed, and what must be said then.
CHANGED = [
    ("flags=(attach_disconnected,mediate_deleted)", "flags=(attach_disconnected,mediate_deleted,complain)", "flags are"),
    ("flags=(attach_disconnected,mediate_deleted)", "flags=(attach_disconnected)", "flags are"),
    ("flags=(attach_disconnected,mediate_deleted) ", "", "flags are"),
    ("  deny /ssl/**{privkey*,.key} r,\n", "", "/ssl/privkey.pem can be read"),
    ("deny /ssl/**{privkey*,.key} r,", "deny /ssl/*{privkey*,.key} r,", "/ssl/letsencrypt/live/home/privkey1.pem can be read"),
    ("peer=*_blupow", "peer=*", "signals to or from '*'"),
    ("       peer=(name=org.bluez),", "       peer=(name=org.blue*),", "whose peer is none of"),
]


def judged(text: str) -> list[str]:
    return judge.faults(profile_text.taken_apart(profile_text.expanded(profile_text.adjust(text, NAMES[0]))))


def with_line(line: str) -> str:
    return TEXT[:TEXT.rindex("}")] + f"  {line}\n}}\n"


class CompilingTest(unittest.TestCase):
    def test_it_compiles_under_the_names_that_the_supervisor_gives(self):
        for name in NAMES:
            adjusted = profile_text.adjust(TEXT, name)
            profile_text.compiles(adjusted)
            self.assertEqual(profile_text.names(adjusted), [name])

    def test_only_the_name_in_the_header_is_replaced(self):
        changed = [(old, new) for old, new in zip(TEXT.splitlines(), profile_text.adjust(TEXT, NAMES[0]).splitlines(), strict=True) if old != new]
        self.assertEqual(changed, [("profile blupow flags=(attach_disconnected,mediate_deleted) {",
                                    "profile a0d7b954_blupow flags=(attach_disconnected,mediate_deleted) {")])

    def test_a_second_name_an_indented_header_and_a_wrong_rule_are_refused(self):
        for text in (TEXT + "\nprofile other {\n}\n", TEXT.replace("\nprofile blupow", "\n  profile blupow")):
            with self.assertRaises(NotAccepted):
                profile_text.adjust(text, NAMES[0])
        with self.assertRaises(NotAccepted):
            profile_text.compiles(profile_text.adjust(with_line("/data/** rwj,"), NAMES[0]))
        self.assertIn("/usr/bin/other", profile_text.names(profile_text.adjust(TEXT + "\n/usr/bin/other {\n}\n", NAMES[0])))

    def test_it_compiles_for_kernels_that_know_less(self):
        for features in ("kernel-5.4-vanilla", "kernel-5.4-outoftree-network"):
            profile_text.compiles(profile_text.adjust(TEXT, NAMES[0]), features)

    def test_the_host_needs_no_abstraction(self):
        includes = [line.split()[-1] for line in TEXT.splitlines() if "include" in line and "<" in line]
        self.assertEqual(includes, ["<tunables/global>"])
        self.assertIn("\nabi <abi/3.0>,\n", TEXT)

    def test_the_supervisor_finds_the_file_itself_and_no_link(self):
        self.assertFalse(PROFILE.is_symlink())
        self.assertTrue(LINK.is_symlink())
        self.assertEqual(str(LINK.readlink()), "../apparmor.txt")
        listed = subprocess.run(["git", "-C", ROOT, "ls-files", "--stage", "apparmor.txt", "apparmor/blupow"], capture_output=True, text=True, check=True).stdout
        self.assertEqual([line.split()[0] for line in listed.splitlines()], ["100644", "120000"], listed)


class GlobsTest(unittest.TestCase):
    def test_the_parser_makes_the_same_of_every_path(self):
        extra = ["/a/*", "/a/**", "/a/*/b", "/a/**/b", "/a/*b", "/a/**b", "/a/b*", "/a/?", "/a/[b-d]*", "/a/{b,c/{d,e}}/*", "/a/{,**}", "/a/b+c|d^e$f(g)", "/a/{*,**}"]
        for line in extra:
            self.assertNotIn(line, TEXT)
        text = profile_text.adjust(with_line("\n  ".join(f'"{path}" r,' for path in extra)), NAMES[0])
        expected = profile_text.expressions(text)
        paths = [rule.path for rule in profile_text.taken_apart(profile_text.expanded(text)).rules if rule.kind == "file"]
        self.assertGreater(len(paths), 30)
        for path in paths:
            with self.subTest(path=path):
                self.assertEqual(globs.pattern_of(path), expected[path])

    def test_stars_stop_or_cross(self):
        for glob, fitting, others in [("/a/*", ["/a/b"], ["/a/", "/a/b/", "/a/b/c"]), ("/a/**", ["/a/b", "/a/b/", "/a/b/c"], ["/a/", "/a"]),
                                      ("/a/**{k*,.p}", ["/a/k", "/a/kb", "/a/b/x.p"], ["/a/b", "/a/k/b", "/a/x.pem"]), ("/a/[b-c]?", ["/a/bx"], ["/a/b", "/a/dx", "/a/b/"])]:
            for text in fitting + others:
                with self.subTest(glob=glob, text=text):
                    self.assertEqual(globs.matches(glob, text), text in fitting)

    def test_braces_are_ways_through(self):
        self.assertEqual(globs.alternatives("/{,usr/}s{a,b{c,d}}"), ["/sa", "/sbc", "/sbd", "/usr/sa", "/usr/sbc", "/usr/sbd"])


class JudgeTest(unittest.TestCase):
    def test_the_profile_is_without_fault(self):
        self.assertEqual(judged(TEXT), [])
        rules = profile_text.taken_apart(profile_text.expanded(profile_text.adjust(TEXT, NAMES[0]))).rules
        self.assertEqual({rule.kind for rule in rules}, {"file", "network", "unix", "dbus", "signal"})

    def test_every_rule_says_why_it_is_there(self):
        above = ""
        for line in TEXT[TEXT.index("{\n") + 2:TEXT.rindex("}")].splitlines():
            if line.startswith("  ") and not line.startswith("   ") and not line.strip().startswith("#"):
                self.assertTrue(above.strip(), f"nothing explains '{line.strip()}'")
            above = line

    def test_what_must_not_be_added_is_found(self):
        for line, expected in ADDED:
            with self.subTest(line=line):
                self.assertTrue(any(expected in fault for fault in judged(with_line(line))), judged(with_line(line)))

    def test_what_must_not_be_changed_is_found(self):
        for old, new, expected in CHANGED:
            with self.subTest(old=old, new=new):
                self.assertIn(old, TEXT)
                self.assertTrue(any(expected in fault for fault in judged(TEXT.replace(old, new))), judged(TEXT.replace(old, new)))


if __name__ == "__main__":
    unittest.main()
