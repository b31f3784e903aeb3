"""One delivery after another, each with one system call of the server failing, or the server killed at it, the first, the
second, ... until a delivery passes untouched. What was answered with 250 is there after the next start, once; what was not
is there once or not; the checker finds nothing. STAGECOACH_SWEEP=all makes it of all calls (./dev reliability)."""

import os
import signal
import time

import _trace
from _world import equal, expect, run, say, score, small, user

everything = os.environ.get("STAGECOACH_SWEEP") == "all"
# A call, what becomes of it, whether also of all later ones. More than one thread makes calls; strace counts in each.
quick = [("fdatasync", "signal=KILL", False), ("pwritev", "signal=KILL", False), ("fdatasync", "error=EIO", False),
         ("write", "error=ENOSPC", True)]
calls = ["openat", "write", "pwritev", "fdatasync", "fsync", "linkat", "unlink", "sendto", "close"]
whole = ([(call, "signal=KILL", False) for call in calls]
         + [(call, f"error={error}", False) for call in calls[:-2] for error in ("EIO", "ENOSPC", "EINTR")]
         + [(call, "error=ENOSPC", True) for call in calls[:5]] + [("openat", "error=EMFILE", True)])
sizes = {"small": 600, "large": 1_200_000}  # the large one gets a file of its own while it arrives
most = 60  # of one call in one delivery; there are far fewer


def mail(name, size):
    return b"From: a@example.org\r\nSubject: %s\r\n\r\n" % name.encode() + b"%s\r\n" % (b"y" * 70) * (size // 72)


class Sweep:
    def __init__(self, world):
        self.world = world
        self.sent, self.acknowledged = set(), set()
        self.faults = 0
        self.staging = os.path.join(world.data, "staging")

    def one(self, fault, number, size):
        """True when the fault was met."""
        call, what, is_lasting = fault
        name = f"{call} {what}{'+' if is_lasting else ''} {number} {size}"
        self.world.start(verify=False)
        when = f"{number}{'+' if is_lasting else ''}"
        trace = _trace.Trace(self.world, "-e", f"inject={call}:{what}:when={when}")
        self.sent.add(name)
        try:
            with self.world.smtp(timeout=20) as client:
                client.hello()
                code = client.mail("sender@example.org", [user], mail(name, sizes[size])).code
        except (AssertionError, ConnectionError):  # the fault was met by the greeting
            code = 0
        expect(code in (0, 250) or 400 <= code < 500, f"{name}: the reply is {code}")
        if code == 250:
            self.acknowledged.add(name)
        self.settle()
        trace.close()
        has_ended = code == 0 and "KILL" in what or not self.world.is_running()
        exit_code = self.world.gone() if has_ended else self.world.kill()
        is_met = exit_code == -signal.SIGKILL if "KILL" in what else trace.has_injected()
        self.faults += is_met
        return is_met

    def settle(self):
        """What is done after the reply is met by the fault, too: the large body's file is removed from where it arrived."""
        time.sleep(0.05)
        end = time.monotonic() + 2
        while self.world.is_running() and os.listdir(self.staging) and time.monotonic() < end:
            time.sleep(0.01)

    def check(self):
        self.world.start()
        seen = []
        with self.world.imap() as client:
            client.select()
            for _, message in client.bodies().values():
                header, body = message.split(b"\r\n\r\n", 1)
                name = [line[9:].decode() for line in header.split(b"\r\n") if line.startswith(b"Subject: ")][0]
                equal(body, mail(name, sizes[name.rsplit(" ", 1)[1]]).split(b"\r\n\r\n", 1)[1], f"the body of {name}")
                seen.append(name)
        equal(sorted(set(seen)), sorted(seen), "mails that are there twice")
        equal(self.acknowledged - set(seen), set(), "mails that were acknowledged and are lost")
        equal(set(seen) - self.sent, set(), "mails that nobody sent")
        self.world.stop()
        self.world.verify()


def test(world):
    sweep = Sweep(world)
    for fault in whole if everything else quick:
        for size in sizes:
            number = 1
            while sweep.one(fault, number, size):
                number += 1
                expect(number < most, f"{fault} is met again and again")
            expect(number > 1 or size == "small", f"{fault} is never met")
        sweep.check()
    say(f"{sweep.faults} faults, {len(sweep.sent)} mails sent, {len(sweep.acknowledged)} acknowledged, 0 lost")
    score(faults=sweep.faults, acknowledged=len(sweep.acknowledged))
    expect(sweep.faults > 10, "hardly any fault was met: this test has tested nothing")


run(test, seconds=3600 if everything else small(120, 300))
