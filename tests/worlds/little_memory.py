"""A process that may take little memory, and clients that make it hold as much as they can: hundreds that fetch large mails and
read nothing, hundreds in the middle of a mail, large mails, connections without end. Who cannot be served is refused for now
or waits; the process lives on, nothing that was acknowledged is lost, and when they have gone everybody is served."""

import contextlib
import hashlib
import os
import random
import re
import resource
import socket
import threading
import time

from _imap import Imap
from _smtp import Smtp, stuffed
from _world import equal, expect, run, sanitizer, say, score, until, user

allowed_mb = int(os.environ.get("STAGECOACH_MEMORY_MB") or 400)
load_s = float(os.environ.get("STAGECOACH_SECONDS") or 8)
readers, half_mails, senders = 500, 200, 6
recover_s = 40  # a client that takes nothing is cut off after 30 s
for_now = (0, 421, 451, 452, 454)


def message(number, size):
    line = hashlib.sha512(b"%d" % number).hexdigest().encode() + b"\r\n"
    return b"Subject: memory\r\nX-Id: %d\r\n\r\n" % number + line * (size // len(line))


class Load:
    def __init__(self, world):
        self.world = world
        self.ends = threading.Event()
        self.lock = threading.Lock()
        self.sent = 0
        self.acknowledged = {}  # number: digest
        self.counts = {"refused mails": 0, "refused connections": 0, "refused or cut readers": 0}
        self.failures = []
        self.kept = []
        self.reader_s = []

    def guarded(self, work):
        def one():
            while not self.ends.is_set():
                try:
                    work()
                except TimeoutError as why:
                    self.failures.append(AssertionError(f"{work.__name__}: the server says nothing: {why}"))
                    return
                except (OSError, EOFError):
                    self.count("refused connections")
                except AssertionError as why:
                    if "the greeting is" not in str(why):
                        self.failures.append(why)
                        return
                    self.count("refused connections")
                self.ends.wait(0.02)
        return threading.Thread(target=one)

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def mail(self, client, size):
        with self.lock:
            number = self.sent
            self.sent += 1
        mail = message(number, size)
        reply = client.mail("sender@example.org", [user], mail)
        if reply.code == 250:
            self.acknowledged[number] = hashlib.sha256(mail).digest()
        else:
            expect(reply.code in for_now, f"with little memory a mail is answered {reply}")
            self.count("refused mails")
        return reply.code

    def send(self):
        size = random.choice([1000, 100_000, 4_000_000])
        with self.world.smtp(timeout=60) as client:
            if client.command("EHLO client.example.org").code != 250:
                return
            while not self.ends.is_set() and self.mail(client, size) == 250:
                pass

    def keep(self, opened):
        """A connection that stays until the end."""
        with self.lock:
            self.kept.append(opened)
        return opened

    def begin_mails(self):
        """Mails that stop in the middle, with as much of them in memory as fits."""
        part = stuffed(message(1 << 30, 120_000))
        for _ in range(half_mails):
            if self.ends.is_set():
                return
            with contextlib.suppress(OSError, AssertionError):
                client = self.keep(Smtp(self.world.ports["smtp"], timeout=60))
                client.command("EHLO client.example.org")
                if client.envelope("sender@example.org", [user]).code == 354:
                    client.write(part)

    def fetch_and_not_read(self):
        for _ in range(readers):
            if self.ends.is_set():
                return
            with contextlib.suppress(OSError, EOFError):
                client = self.keep(Imap(self.world.ports["imap"], timeout=60))
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                if client.greeting.text.startswith("* BYE") or not client.command(f'LOGIN "{user}" "stagecoach"').ok:
                    self.count("refused or cut readers")
                elif client.command("EXAMINE INBOX").ok:
                    client.begin("FETCH 1:* BODY.PEEK[]")

    def fetch_and_read(self):
        """Somebody who reads what comes, slowly served or told NO."""
        began = time.monotonic()
        with self.world.imap(timeout=120) as client:
            client.select()
            answer = client.command("FETCH 1:3 BODY.PEEK[]")
            expect(answer.ok or "UNAVAILABLE" in answer.text, f"FETCH is answered {answer.text}")
            if not answer.ok:
                self.count("refused or cut readers")
        self.reader_s.append(time.monotonic() - began)

    def run(self):
        highest = 0
        threads = [self.guarded(self.send) for _ in range(senders)] + [self.guarded(self.fetch_and_read)]
        threads += [threading.Thread(target=work) for work in (self.begin_mails, self.fetch_and_not_read, self.fetch_and_not_read)]
        for thread in threads:
            thread.start()
        try:
            end = time.monotonic() + load_s
            while time.monotonic() < end and self.world.is_running() and not self.failures:
                with contextlib.suppress(OSError):
                    highest = max(highest, self.world.status("VmSize"))
                time.sleep(0.05)
            expect(self.world.is_running(), "the server has ended")
        finally:
            self.ends.set()
            for thread in threads:
                thread.join()
            for one in self.kept:
                one.close()
        equal(self.failures, [], "what the clients met")
        expect(sanitizer or highest < 0.95 * (allowed_mb << 10), f"{highest >> 10} of {allowed_mb} MB were in use: that was luck")
        say(f"{len(self.kept)} connections that hold memory, {len(self.acknowledged)} of {self.sent} mails acknowledged, "
            f"{self.counts}; at most {highest >> 10} of {allowed_mb} MB; "
            f"{len(self.reader_s)} readers served, the slowest in {max(self.reader_s, default=0):.1f} s")


def is_served(world):
    with contextlib.suppress(OSError, EOFError, AssertionError):
        world.send(b"Subject: after\r\n\r\ntext\r\n")
        with world.imap() as client:
            client.select()
            return client.command("FETCH 1:3 BODY.PEEK[]").ok
    return False


def all_is_there(world, load):
    with world.imap(timeout=60) as client:
        exists, _, _ = client.select()
        found = {}
        for first in range(1, exists + 1, 50):
            for _, items in client.good(f"FETCH {first}:{min(first + 49, exists)} BODY.PEEK[]").fetched():
                body = items["BODY[]"]
                number = re.search(rb"X-Id: (\d+)", body)
                if number:
                    found[int(number[1])] = hashlib.sha256(body[body.index(b"Subject: memory\r\n") :]).digest()
    lost = [number for number, digest in load.acknowledged.items() if found.get(number) != digest]
    equal(lost, [], "acknowledged and lost")


def test(world):
    world.start(limits={} if sanitizer else {resource.RLIMIT_AS: allowed_mb << 20})
    load = Load(world)
    with world.smtp(timeout=60) as client:
        client.hello()
        for _ in range(30):
            equal(load.mail(client, 1_000_000), 250, "a mail before the load")
    pid = world.pid
    load.run()
    began = time.monotonic()
    until(lambda: is_served(world), recover_s, "everybody is served after the load")
    say(f"served again after {time.monotonic() - began:.1f} s, {world.status('VmSize') >> 10} MB")
    equal(world.pid, pid, "the process")
    all_is_there(world, load)
    score(faults=sum(load.counts.values()), acknowledged=len(load.acknowledged))


run(test, seconds=150 + load_s)
