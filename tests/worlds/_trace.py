"""The system calls of a running server, seen by strace, and the rule that they must follow: nothing is answered before
what the answer promises is on the disk, and no row is written before the body that it refers to."""

import os
import re
import signal
import subprocess

from _world import expect, until

watched = "openat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,fsync,fdatasync,rename,renameat,renameat2," \
          "link,linkat,unlink,unlinkat,close,sendmsg,sendto"
writing = {"write", "writev", "pwrite64", "pwritev", "pwritev2", "ftruncate"}
syncing = {"fsync", "fdatasync"}
sending = {"sendmsg", "sendto", "write", "writev"}

whole = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)")
begun = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
resumed = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)")
first_path = re.compile(r"^\d+<([^>]*)>")
named_path = re.compile(r'"([^"]*)"')


class Call:
    """From line `began` to line `ended` of the trace; `file` is what its descriptor, or its first name, is."""

    def __init__(self, name, words, began):
        self.name, self.words, self.began, self.ended, self.value = name, words, began, began, None
        found = first_path.match(words) or (name not in writing | syncing | sending and named_path.search(words))
        self.file = found.group(1) if found else ""

    def is_done(self):
        return self.value is not None and self.value >= 0


def number_of(text):
    return -1 if text == "?" else int(text)


def calls_of(lines):
    """In the order in which they began."""
    calls, open_calls = [], {}
    for number, line in enumerate(lines):
        if found := whole.match(line):
            calls.append(Call(found.group(2), found.group(3), number))
            calls[-1].value = number_of(found.group(4))
        elif found := begun.match(line):
            calls.append(Call(found.group(2), found.group(3), number))
            open_calls[found.group(1)] = calls[-1]
        elif found := resumed.match(line):
            call = open_calls.pop(found.group(1))
            call.words += found.group(3)
            call.ended = number
            call.value = number_of(found.group(4))
    return calls


class Trace:
    """Attached to the server's process until close(); the server goes on."""

    def __init__(self, world, *more):
        self.path = os.path.join(world.home, "trace")
        self.data = world.data
        words = ["strace", "-f", "-y", "-s", "4000", "-e", f"trace={watched}", "-e", "signal=none", "-o", self.path]
        self.process = subprocess.Popen([*words, *more, "-p", str(world.pid)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tasks = f"/proc/{world.pid}/task"
        until(lambda: all(self._is_traced(f"{tasks}/{one}/status") for one in os.listdir(tasks)), 20, "strace attaches")

    def _is_traced(self, path):
        with open(path, encoding="ascii") as lines:
            return f"TracerPid:\t{self.process.pid}\n" in lines.read()

    def has_sent(self, text):
        """Whether the call that sent it has ended in the trace, too, which is written a moment later."""
        with open(self.path, encoding="utf-8", errors="replace") as lines:
            calls = calls_of(lines.read().split("\n")[:-1])
        return any(one.name in sending and text in one.words and one.is_done() for one in calls)

    def has_injected(self):
        """After close(): a call was made to fail by `-e inject`."""
        with open(self.path, encoding="latin-1") as lines:
            return any("INJECTED" in line for line in lines)

    def close(self):
        """The calls that were made, in the order in which they began. The server may have ended before."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGINT)
        self.process.wait(20)
        with open(self.path, encoding="latin-1") as lines:
            return calls_of(lines)


def answers_in(calls, texts):
    """For each text, in order, the call that sends it."""
    found, at = [], 0
    for text in texts:
        while at < len(calls) and not (calls[at].name in sending and text in calls[at].words):
            at += 1
        expect(at < len(calls), f"the trace has no answer {text!r}")
        found.append(calls[at])
    return found


def violations(calls, data, texts):
    """What is wrong with the order of calls up to each answer; empty: nothing. Each answer promises something new."""
    wrong, since = [], -1
    for text, answer in zip(texts, answers_in(calls, texts)):
        before = [one for one in calls if since < one.began < answer.began and one.file.startswith(data)]
        rows = [one for one in before if one.name in writing and re.search(r"/index/\d+\.log$", one.file)]
        bodies = [one for one in before if one.name in writing and "/bodies/" in one.file]
        syncs = [one for one in before if one.name in syncing and one.is_done() and one.ended < answer.began]
        if not rows:
            wrong.append(f"{text}: no row was written")
        for one in rows + bodies:
            if not any(sync.file == one.file and sync.began > one.ended for sync in syncs):
                wrong.append(f"{text}: {one.file} was written and not synced")
        for one in bodies:
            if rows and not any(sync.file == one.file and one.ended < sync.began and sync.ended < rows[-1].began
                                for sync in syncs):
                wrong.append(f"{text}: its rows were written before its body was synced")
        made = [one for one in before if "/bodies/" in one.words and one.is_done() and
                (one.name in ("link", "linkat") or one.name == "openat" and "O_CREAT" in one.words)]
        for one in made:
            if not any(sync.file.endswith("/bodies") and one.ended < sync.began and rows and
                       sync.ended < rows[-1].began for sync in syncs):
                wrong.append(f"{text}: a file of bodies was made, and its directory was not synced before its rows")
        since = answer.ended
    return wrong
