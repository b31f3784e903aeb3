"""One stagecoach on free ports in a directory of its own: started, stopped, killed and checked by the tests of this folder.

A test is a function of a World; run() gives it one and, when the function returns, stops the server by its pid, wants exit
code 0 from it and from `stagecoach verify`, and removes the directory. When anything fails, the server's log is printed.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import _imap
import _smtp

user, password = "ada@localhost", "stagecoach"
program = os.environ.get("STAGECOACH") or os.path.join(os.path.dirname(__file__), "../../build/stagecoach")
sanitizer = os.environ.get("STAGECOACH_SANITIZE", "")
start_seconds = 60 if sanitizer else 15
stop_seconds = 60 if sanitizer else 40  # a running DATA has 30 s to finish
clock_ticks = os.sysconf("SC_CLK_TCK")


def small(normal, sanitized):
    """A count that is lower when a sanitizer makes everything ten times slower."""
    return sanitized if sanitizer else normal


def say(text):
    print(text, flush=True)


def score(**figures):
    """What ./dev reliability adds up: rounds, faults, inputs, acknowledged."""
    print("score " + json.dumps(figures), flush=True)


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


def equal(seen, wanted, what):
    if seen != wanted:
        raise AssertionError(f"{what}: saw {seen!r}, wanted {wanted!r}")


def until(condition, seconds, what):
    """Waits for something that another process does; returns its value and fails when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


def in_threads(work, arguments):
    """Runs work(argument) in a thread for each; the first failure is raised here."""
    failures = []

    def one(argument):
        try:
            work(argument)
        except Exception as why:  # pylint: disable=broad-except
            failures.append(why)

    threads = [threading.Thread(target=one, args=(argument,)) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def end_with_parent():
    """In the new process: a test that is killed takes its server along."""
    parent_death_signal = 1  # PR_SET_PDEATHSIG
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


def in_new_process(limits):
    end_with_parent()
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))


class World:
    def __init__(self, name):
        self.home = tempfile.mkdtemp(prefix=f"stagecoach-{name}-")
        self.data = os.path.join(self.home, "data")
        self.log = os.path.join(self.home, "log")
        self.process = None
        self.ports = {}

    # --- the server ---

    def command(self, *words, seconds=60, text=""):
        """A command of the program that is given a text to read: (exit code, output, errors)."""
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=seconds, check=False, input=text)
        return done.returncode, done.stdout, done.stderr

    def start(self, *more, verify=True, environment=None, limits=None):
        """Starts localserve, with resource limits {RLIMIT_AS: octets}, and waits until it says that it is ready; returns how
        long that took."""
        words = [program, "localserve", "--dir", self.data, "--port-offset", "0", "--json", *more]
        if verify:
            words.append("--verify")
        began = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                preexec_fn=lambda: in_new_process(limits or {}),
                env={**os.environ, **(environment or {})},
            )
        line = self._first_line(began + start_seconds)
        took = time.monotonic() - began
        ready = json.loads(line)
        expect(ready["ok"], f"localserve says {line}")
        equal(ready["pid"], self.process.pid, "the pid in the first line")
        self.ports = ready["ports"]
        self.control = ready["control"]
        self.link = ready["link"]
        return took

    def _first_line(self, end):
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))
            expect(ready, "localserve did not become ready in time")
            byte = os.read(self.process.stdout.fileno(), 4096)
            if not byte:
                raise AssertionError(f"localserve ended with {self._gone(10)} before it was ready")
            line += byte
        return line

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """What a power switch does to a process."""
        os.kill(self.pid, signal.SIGKILL)
        self._gone(10)

    def gone(self):
        """It ends, or has ended, by itself; returns the exit code."""
        return self._gone(10)

    def stop(self):
        """SIGTERM; the server must end in order. Returns how long it took."""
        began = time.monotonic()
        os.kill(self.pid, signal.SIGTERM)
        code = self._gone(stop_seconds)
        equal(code, 0, "the server's exit code after SIGTERM")
        return time.monotonic() - began

    def _gone(self, seconds):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the server has not ended after {seconds} s") from None
        self.process.stdout.close()
        self.process = None
        return code

    def verify(self):
        code, output, errors = self.command("verify", "--dir", self.data, seconds=300)
        equal((code, errors.strip()) if code else (0, ""), (0, ""), f"verify, which says: {output.strip()}")

    # --- what the kernel knows of it ---

    def status(self, key):
        """A figure of /proc/PID/status in kB: VmRSS, VmHWM (the peak)."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as lines:
            for line in lines:
                if line.startswith(key + ":"):
                    return int(line.split()[1])
        raise AssertionError(f"the kernel tells no {key}")

    def forget_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")

    def ticks(self):
        """User and system time so far, in clock ticks."""
        with open(f"/proc/{self.pid}/stat", encoding="latin-1") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    # --- its clients ---

    def smtp(self, **more):
        return _smtp.Smtp(self.ports["smtp"], **more)

    def imap(self, tls=False, sign_in=True, **more):
        client = _imap.Imap(self.ports["imaps" if tls else "imap"], tls=tls, **more)
        if sign_in:
            client.login(user, password)
        return client

    def send(self, message, to="ada@localhost"):
        """One mail on a connection of its own; fails unless it is accepted."""
        with self.smtp() as client:
            client.hello()
            reply = client.mail("sender@example.org", [to], message)
            equal(reply.code, 250, f"the reply to a mail ({reply.text})")

    def answers(self, what):
        """The last line of every hostile case: somebody new is served at once."""
        began = time.monotonic()
        with self.smtp() as client:
            client.hello()
            equal(client.command("NOOP").code, 250, f"NOOP after {what}")
        took = (time.monotonic() - began) * 1000
        expect(took < small(200, 2000), f"after {what} NOOP on a new connection took {took:.0f} ms")

    def withstands(self, cases):
        """Hostile cases, each a function of the world by its name: afterwards somebody new is served, and memory has not grown
        by 32 MB."""
        warm = self.status("VmRSS")
        for name, play in cases.items():
            try:
                play(self)
            except Exception as why:
                raise AssertionError(f"{name}: {why!r}") from why
            self.answers(name)
            grown = self.status("VmRSS") - warm
            expect(sanitizer or grown < 32 * 1024, f"{name}: the server has grown by {grown} KB")
        score(inputs=len(cases))

    # --- the end ---

    def finish(self):
        if self.is_running():
            self.stop()
        self.verify()
        with open(self.log, encoding="utf-8", errors="replace") as log:
            for line in log:
                for bad in ("AddressSanitizer", "ThreadSanitizer", "LeakSanitizer", "runtime error:"):
                    expect(bad not in line, f"the sanitizer says: {line.strip()}")

    def print_log(self):
        with contextlib.suppress(OSError), open(self.log, encoding="utf-8", errors="replace") as log:
            lines = log.readlines()
            say(f"--- the last of {len(lines)} lines of the server's log ---")
            for line in lines[-200:]:
                say(line.rstrip()[:400])

    def clear(self):
        if self.is_running():
            self.kill()
        if os.environ.get("STAGECOACH_KEEP"):
            say(f"kept: {self.home}")
        else:
            shutil.rmtree(self.home, ignore_errors=True)


def run(test, seconds=None):
    """The main program of every test: a world, the test, the end that all have in common, exit code 0 or 1."""
    limit = seconds or small(60, 120)
    name = os.path.basename(sys.argv[0]).removesuffix(".py").replace("_", "-")
    if sanitizer:
        say(f"built with -fsanitize={sanitizer}: counts are smaller, memory and time are told and not asserted")
    began = time.monotonic()
    world = World(name)
    try:
        test(world)
        world.finish()
        took = time.monotonic() - began
        expect(took < limit, f"the test took {took:.0f} s, its limit is {limit} s")
        say(f"{name}: good, {took:.1f} s")
        code = 0
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
        world.print_log()
        code = 1
    finally:
        world.clear()
    sys.stdout.flush()
    sys.exit(code)
