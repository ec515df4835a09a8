"""Programs that a test starts: private, their output in a file, ended by their own pid, gone with the test run however it ends."""

import ctypes
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def until(condition: Callable[[], Found], what: str, seconds: float = 30) -> Found:
    """Waits until the condition holds (is true, and raises no AssertionError) and gives its value; raises AssertionError with the last cause."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            value, cause = condition(), ""
        except AssertionError as error:
            value, cause = None, f"; last: {error}"
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}{cause}")
        time.sleep(0.05)


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    """One running program. Its own session: Ctrl-C reaches the test run alone, which then ends its programs in order."""

    _all: list["Program"] = []

    def __init__(self, name: str, arguments: Sequence[str], output: Path, environment: Mapping[str, str] | None = None):
        self.name = name
        self.output = output
        with output.open("ab") as file:
            self._mark = file.tell()
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=environment,
                start_new_session=True, preexec_fn=_end_with_parent)
        Program._all.append(self)

    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def text(self) -> str:
        """What this run has written so far."""
        with self.output.open("rb") as file:
            file.seek(self._mark)
            return file.read().decode(errors="replace")

    def wait_for_output(self, text: str, seconds: float = 30) -> None:
        def said() -> bool:
            if text in self.text():
                return True
            if not self.running():
                raise SystemError(f"{self.name} ended with {self._process.returncode} before it said '{text}':\n{self.text()[-3000:]}")
            return False

        until(said, f"{self.name} says '{text}'", seconds)

    def send(self, number: int) -> None:
        if self.running():
            self._process.send_signal(number)

    def wait(self, seconds: float = 30) -> int:
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {seconds} s") from None

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """Asks it to end and gives its exit status (negative: the signal)."""
        self.send(number)
        return self.wait(seconds)

    def kill(self) -> None:
        """Ends it whatever it does."""
        self.send(signal.SIGKILL)
        self._process.wait()

    @classmethod
    def kill_all(cls) -> None:
        """Ends what is left, the last started first."""
        while cls._all:
            cls._all.pop().kill()
