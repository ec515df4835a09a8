#!/usr/bin/python3
"""Checks our Debian package in a root folder of Debian: package_check.py install|run|remove ROOT PACKAGE. Called by scripts/test-package, each stage in a mount
namespace of its own, `run` in a network namespace too. A stage ends at its first check that fails."""

import json
import os
import pathlib
import re
import socket
import stat
import subprocess
import sys

import unit_file

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "home_assistant"))
from programs import Program, until  # noqa: E402

OPTIONS = "etc/blupow/options.json"
WANTED = "etc/systemd/system/multi-user.target.wants/blupow.service"
INVERTER = "D8:B6:73:BF:4F:75"
PASSWORD = "not for everybody"
# What Debian's own tools write whatever they install.
ELSEWHERE = re.compile(r"^(proc|sys|dev|tmp|run|var/cache|var/log|var/lib/apt|var/lib/dpkg|etc/ld\.so\.cache|etc/resolv\.conf|blupow-work)(/|$)")


def say(text):
    print(f"ok: {text}", flush=True)


def check(condition, text):
    if not condition:
        raise AssertionError(text)
    say(text)


class Root:
    """The root folder, with its own /proc."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        subprocess.run(["mount", "-t", "proc", "proc", self.path / "proc"], check=True)

    def command(self, *words):
        return ["chroot", str(self.path), "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *words]

    def run(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"FAILED: {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def apt(self, *words):
        return self.run("apt-get", "-qq", "-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0", "-o", "APT::Sandbox::User=root", *words)

    def files(self):
        """Every file that is nobody's business but a package's: {path: what it is}."""
        found = {}
        for folder, folders, names in os.walk(self.path):
            place = pathlib.Path(folder).relative_to(self.path)
            folders[:] = [name for name in folders if not ELSEWHERE.match(str(place / name))]
            for name in folders + names:
                file = pathlib.Path(folder) / name
                if not ELSEWHERE.match(str(place / name)):
                    is_now = file.lstat()
                    size = is_now.st_size if stat.S_ISREG(is_now.st_mode) else 0
                    found[str(place / name)] = f"{stat.filemode(is_now.st_mode)} {is_now.st_uid}:{is_now.st_gid} {size}"
        return found

    def kept(self):
        return self.path / "blupow-work/before.json"


def install(root, package):
    root.kept().parent.mkdir(exist_ok=True)
    root.apt("update")
    root.kept().write_text(json.dumps(root.files()))
    target = root.path / "blupow-work/blupow.deb"
    target.write_bytes(package.read_bytes())
    root.apt("install", "-y", "--no-install-recommends", "/blupow-work/blupow.deb")
    check(root.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}", "blupow") == "ii ", "the package is installed")
    check(re.fullmatch(r"blupow \d+\.\d+\.\d+\n", root.run("blupow", "--version")), "the program starts")
    options = (root.path / OPTIONS).lstat()
    check(stat.S_IMODE(options.st_mode) == 0o600 and options.st_uid == 0, "only root can read the options")
    check(os.path.lexists(root.path / WANTED), "the service is enabled")
    verified = subprocess.run(root.command("systemd-analyze", "verify", "blupow.service"), capture_output=True, text=True)
    check((verified.returncode, verified.stdout, verified.stderr) == (0, "", ""), f"systemd-analyze verify is silent on the installed unit {verified.stderr}".strip())


def enter(root):
    """Options as a user writes them, and the folders that systemd makes."""
    (root.path / OPTIONS).write_text(json.dumps({"poll_interval": 5, "mqtt": {"host": "localhost", "username": "blupow", "password": PASSWORD}}))
    (root.path / "etc/hosts").write_text("127.0.0.1 localhost\n")
    # What nss-systemd says while the service runs: dbus-daemon lets nobody in whose groups it cannot learn.
    for file, line in (("passwd", f"blupow:!:{unit_file.USER}:{unit_file.USER}:Dynamic User:/:/usr/sbin/nologin\n"), ("group", f"blupow:!:{unit_file.USER}:\n")):
        with (root.path / "etc" / file).open("a") as out:
            out.write(line)
    (root.path / "run/credentials/blupow.service").mkdir(parents=True, exist_ok=True)
    (root.path / "run/dbus").mkdir(parents=True, exist_ok=True)
    (root.path / "var/lib/private/blupow").mkdir(parents=True, mode=0o700, exist_ok=True)
    (root.path / "var/lib/private").chmod(0o700)
    link = root.path / "var/lib/blupow"
    if not link.is_symlink():
        link.symlink_to("private/blupow")
    # A network of our own, with nothing but the loopback.
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


class Broker:
    """Mosquitto where the shipped options look for it, with a password, and an ear on all that is published."""

    def __init__(self, work):
        self.account = ["-h", "127.0.0.1", "-u", "blupow", "-P", PASSWORD]
        passwords = work / "passwords"
        passwords.touch()
        subprocess.run(["mosquitto_passwd", "-b", passwords, "blupow", PASSWORD], check=True)
        (work / "mosquitto.conf").write_text(f"user root\nlog_dest stderr\nlistener 1883 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\n")
        Program("mosquitto", ["mosquitto", "-c", str(work / "mosquitto.conf")], work / "mosquitto.log").wait_for_output("running")
        self.ear = Program("mosquitto_sub", ["mosquitto_sub", *self.account, "-v", "-t", "#"], work / "heard.log")

    def heard(self, topic):
        return [line.removeprefix(topic + " ") for line in self.ear.text().splitlines() if line.startswith(topic + " ")]

    def wait(self, topic, fits, what, seconds=30):
        return until(lambda: next((payload for payload in reversed(self.heard(topic)) if fits(payload)), None), what, seconds)

    def ask(self, command, request):
        message = json.dumps({"command": command, "request_id": request, **({"address": INVERTER} if command == "add_device" else {})})
        subprocess.run(["mosquitto_pub", *self.account, "-t", "blupow/gateway/command", "-m", message], check=True)
        return json.loads(self.wait(f"blupow/gateway/response/{request}", bool, f"{command} is answered"))


def sandboxed(root, *words):
    return ["unshare", "--mount", "--propagation", "private", "/usr/bin/python3", str(HERE / "sandbox.py"), str(root.path), *words]


def refused(root, *words):
    """What the command says when it is refused; the sandbox is no use if it is not."""
    done = subprocess.run(sandboxed(root, *words), capture_output=True, text=True)
    check(done.returncode != 0, f"refused in the sandbox: {' '.join(words)}: {(done.stderr or done.stdout).strip()[-120:]}")


def bites(root):
    socket_call = "my $s; exit(socket($s, {}, 3, 0) ? 0 : ($! == {} ? 97 : 1))"
    packet = subprocess.run(sandboxed(root, "/usr/bin/perl", "-e", socket_call.format(int(socket.AF_PACKET), 97)), capture_output=True)
    check(packet.returncode == 97, "the sandbox refuses packet sockets as systemd does")
    refused(root, "/usr/bin/touch", "/usr/bin/here")
    refused(root, "/usr/bin/cat", "/" + OPTIONS)
    refused(root, "/usr/bin/unshare", "--mount", "/usr/bin/true")
    refused(root, "/usr/bin/chown", "0", "/var/lib/blupow")
    subprocess.run(sandboxed(root, "/usr/bin/touch", "/var/lib/blupow/here"), check=True)
    (root.path / "var/lib/private/blupow/here").unlink()
    say("the state folder can be written to")


def run(root, package):
    work = root.path / "blupow-work"
    enter(root)
    bites(root)
    Program("dbus-daemon", root.command("dbus-daemon", "--system", "--nofork", "--nopidfile", "--print-address=1"), work / "bus.log").wait_for_output("unix:path")
    simulator = package.parent / "blupow-sim"
    (work / "blupow-sim").write_bytes(simulator.read_bytes())
    (work / "blupow-sim").chmod(0o755)
    bus = "unix:path=/run/dbus/system_bus_socket"
    Program("blupow-sim", root.command("/blupow-work/blupow-sim", "--bus", bus, "--scene", "two"), work / "sim.log").wait_for_output("ready on")
    broker = Broker(work)
    service = Program("blupow", sandboxed(root), work / "blupow.log")
    try:
        serve(root, broker, service)
    except AssertionError:
        print(service.text()[-3000:], file=sys.stderr)
        raise


def serve(root, broker, service):
    broker.wait("blupow/gateway/status", lambda payload: payload == "online", "the gateway is online")
    say(f"started as its ExecStart says ({' '.join(unit_file.command(CREDENTIALS_DIRECTORY='%d', STATE_DIRECTORY='%S'))}): online at a broker with a password")
    answer = broker.ask("add_device", "add")
    check(answer["status"] == "success", f"a device is added over Debian's own D-Bus policy, by a user of no group: {answer.get('message', answer['status'])}".strip())
    state = json.loads(broker.wait(f"blupow/{INVERTER}/state", bool, "its state is published"))
    check(isinstance(state.get("battery_voltage"), float), f"its values are published ({len(state)} keys)")
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{service.pid}/status").read_text().splitlines() if ":\t" in line)
    check(status["Name"] == "blupow" and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", "it runs with no new privileges and under the filter")
    sets = {name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    check(not any(sets.values()), f"it has no capability and none within reach: {sets}")
    before = len(broker.heard("blupow/gateway/status"))
    check(broker.ask("restart_gateway", "restart")["status"] == "success", "restart_gateway is answered")
    until(lambda: broker.heard("blupow/gateway/status")[before:][-1:] == ["online"], "online again after restart_gateway")
    say("online again after restart_gateway")
    check(service.stop(seconds=5) == 0, "SIGTERM ends it with status 0 within 5 s")
    kept = root.path / "var/lib/private/blupow/devices.json"
    check(stat.S_IMODE(kept.stat().st_mode) == 0o600 and INVERTER in kept.read_text(), "its data lie in its state folder, for it alone")
    check(PASSWORD not in service.text(), "the password is not in the log")


def remove(root, _package):
    written = (root.path / OPTIONS).read_text()
    root.apt("install", "-y", "--reinstall", "/blupow-work/blupow.deb")
    check((root.path / OPTIONS).read_text() == written, "an upgrade leaves the options as the user wrote them")
    root.apt("remove", "-y", "blupow")
    check(not (root.path / "usr/bin/blupow").exists(), "removed")
    check((root.path / OPTIONS).read_text() == written and (root.path / "var/lib/private/blupow/devices.json").exists(), "options and data stay")
    root.apt("purge", "-y", "--auto-remove", "blupow")
    before, after = json.loads(root.kept().read_text()), root.files()
    # What the test itself has made or written, as systemd would.
    for made in ("var/lib/private", "etc/hosts", "etc/passwd", "etc/group"):
        before.pop(made, None), after.pop(made, None)
    left = sorted(set(after) - set(before))
    lost = sorted(path for path in before if after.get(path) != before[path])
    check(not left and not lost, f"purged: nothing is left, and of the {len(before)} other files none is gone or another {left or ''}{lost or ''}".strip())


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    stage = {"install": install, "run": run, "remove": remove}[sys.argv[1]]
    try:
        stage(Root(sys.argv[2]), pathlib.Path(sys.argv[3]).resolve())
    except AssertionError as error:
        sys.exit(f"FAILED: {error}")
    finally:
        Program.kill_all()


main()
