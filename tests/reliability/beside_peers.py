#!/usr/bin/env python3
"""kill -9 under load, ours beside Debian's Postfix handing to Dovecot: the same clients, the same moments, and afterwards what of
the acknowledged mail is there. `./dev reliability` runs it; it needs root and the packages of ./dev bench.

    beside_peers.py        STAGECOACH: the program; STAGECOACH_ROUNDS, STAGECOACH_SEED

Fails when ours loses or doubles anything, or refuses a client before a kill; what the peer does is told.
"""

import collections
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, "../worlds"), os.path.join(here, "../bench")]
# pylint: disable=wrong-import-position
import _imap  # noqa: E402
import _smtp  # noqa: E402
from _ledger import make, mark  # noqa: E402
from _world import World, say, score, user  # noqa: E402
from peers import dovecot, postfix, processes  # noqa: E402

rounds = int(os.environ.get("STAGECOACH_ROUNDS") or 20)
seed = int(os.environ.get("STAGECOACH_SEED") or random.randrange(1 << 32))
smtp_connections, imap_connections = 4, 4


class Ours:
    name = "ours"

    def __init__(self):
        self.world = World("peers")

    def start(self):
        self.world.start("--quiet", verify=False)

    def kill(self):
        self.world.kill()

    def smtp(self):
        return self.world.smtp()

    def imap(self):
        return self.world.imap(timeout=120)

    def settle(self):
        """What was acknowledged is in the mailbox: there is no queue."""

    def end(self):
        self.world.stop()
        self.world.verify()

    def clear(self):
        self.world.clear()


def last_of(folder):
    said = ""
    for name in ("dovecot.log", "output"):
        with contextlib.suppress(OSError), open(f"{folder}/{name}", encoding="utf-8", errors="replace") as file:
            said += file.read()[-1500:]
    return said


def in_session(leader):
    """The living processes of a session."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="latin-1") as stat:
            state, _, _, session = stat.read().rsplit(")", 1)[1].split()[:4]
            if int(session) == leader and state != "Z":
                found.append(int(pid))
    return found


class Peers:
    name = "Postfix, Dovecot"

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="stagecoach-peers-")
        os.chmod(self.home, 0o755)
        for folder in ("dovecot", "postfix"):
            os.mkdir(f"{self.home}/{folder}", 0o755)
        # Not the Maildir of ./dev bench: a lock that a kill leaves in one keeps its INBOX shut for two minutes.
        self.store = dovecot.Dovecot(f"{self.home}/dovecot", "sdbox")
        self.relay = postfix.Postfix(f"{self.home}/postfix", self.store.lmtp)

    def start(self):
        try:
            self.store.start()
            self.relay.start()
        except RuntimeError as why:
            raise RuntimeError(f"{why}; Dovecot says: {last_of(self.home + '/dovecot')}") from why

    def kill(self):
        """Every process of both at once, as kill -9 does to a single one. They are found by their session, which we began: one that
        was just being forked has no parent any more."""
        masters = [self.relay.process, self.store.process]
        for one in masters:
            os.kill(one.pid, signal.SIGSTOP)
        while pids := [pid for one in masters for pid in in_session(one.pid)]:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)
        for one in masters:
            one.wait()
        self.store.process = self.relay.process = None

    def smtp(self):
        return _smtp.Smtp(self.relay.smtp, timeout=60)

    def imap(self):
        client = _imap.Imap(self.store.imap, timeout=120)
        client.login(user, dovecot.password)
        return client

    def queued(self):
        """Whole files of the queue; what was cut short has no right to execute, and was never acknowledged."""
        count = 0
        for folder in ("maildrop", "incoming", "active", "deferred"):
            for path, _, names in os.walk(f"{self.home}/postfix/queue/{folder}"):
                for name in names:
                    with contextlib.suppress(FileNotFoundError):
                        count += bool(os.stat(f"{path}/{name}").st_mode & 0o100)
        return count

    def settle(self):
        end = time.monotonic() + 300
        while self.queued():
            if time.monotonic() > end:
                say(f"{self.name}: {self.queued()} mails are still in the queue after 300 s")
                return
            subprocess.run(["postqueue", "-c", f"{self.home}/postfix/etc", "-f"], check=False, capture_output=True)
            time.sleep(0.5)

    def end(self):
        self.clear_processes()

    def clear_processes(self):
        self.relay.stop()
        self.store.stop()

    def clear(self):
        self.clear_processes()
        shutil.rmtree(self.home, ignore_errors=True)


def body_digest(message):
    """Of what follows the header, to which Postfix adds."""
    return hashlib.sha256(message[message.index(b"\r\n\r\n") :]).digest()


class Ledger:
    def __init__(self):
        self.sent = {}  # name: digest
        self.acknowledged = set()

    def sending(self, random_one, name):
        message = make(random_one, name)
        self.sent[name] = body_digest(message)
        return message


class Round:
    def __init__(self, server, ledger, number):
        self.server, self.ledger, self.number = server, ledger, number
        self.ends = threading.Event()
        self.failures = []
        jobs = [(self.by_smtp, i) for i in range(smtp_connections)] + [(self.by_append, i) for i in range(imap_connections)]
        self.threads = [threading.Thread(target=self.guarded, args=job) for job in jobs]

    def run(self, kill_after):
        for thread in self.threads:
            thread.start()
        time.sleep(kill_after)
        self.ends.set()
        self.server.kill()
        for thread in self.threads:
            thread.join()
        return self.failures

    def guarded(self, work, connection):
        try:
            work(connection, random.Random(f"{seed}-{self.number}-{work.__name__}-{connection}"))
        except Exception as why:  # pylint: disable=broad-except
            if not self.ends.is_set():
                self.failures.append(why)

    def by_smtp(self, connection, random_one):
        with self.server.smtp() as client:
            client.hello()
            for count in range(1 << 20):
                name = f"{self.number}.smtp{connection}.{count}"
                reply = client.mail("sender@example.org", [user], self.ledger.sending(random_one, name))
                if reply.code != 250:
                    raise AssertionError(f"a mail is answered {reply}")
                self.ledger.acknowledged.add(name)

    def by_append(self, connection, random_one):
        with self.server.imap() as client:
            for count in range(1 << 20):
                name = f"{self.number}.append{connection}.{count}"
                client.good("APPEND INBOX {}", self.ledger.sending(random_one, name))
                self.ledger.acknowledged.add(name)


def found_in(server, ledger):
    """(how often each name is there, names whose bytes are others)."""
    counts, wrong = collections.Counter(), []
    with server.imap() as client:
        exists, _, _ = client.select()
        for first in range(1, exists + 1, 500):
            for _, items in client.good(f"FETCH {first}:{min(exists, first + 499)} BODY.PEEK[]").fetched():
                body = items["BODY[]"]
                at = body.find(mark)
                name = body[at + len(mark) :].split(b"\r\n", 1)[0].decode("utf-8", "replace") if at >= 0 else ""
                counts[name] += 1
                if ledger.sent.get(name) != body_digest(body):
                    wrong.append(name)
    return counts, wrong


def play(server):
    random_one, ledger, returns, failures = random.Random(seed), Ledger(), [], []
    server.start()
    for number in range(1, rounds + 1):
        failures += Round(server, ledger, number).run(random_one.uniform(0.2, 1.2))
        began = time.monotonic()
        server.start()
        with server.smtp() as client:
            client.hello()
        started = time.monotonic() - began
        with server.imap() as client:
            client.select()
        returns.append(time.monotonic() - began)
        say(f"{server.name}: round {number}: SMTP after {started:.2f} s, INBOX after {returns[-1]:.2f} s")
    server.settle()
    counts, wrong = found_in(server, ledger)
    server.end()
    told = {"rounds": rounds, "acknowledged": len(ledger.acknowledged),
            "lost": sum(name not in counts for name in ledger.acknowledged),
            "duplicates": sum(count - 1 for count in counts.values()), "wrong": len(wrong),
            "failed": len(failures), "ms to return": round(1000 * sum(returns) / len(returns))}
    say(f"{server.name}: {told}" + (f"; the first that failed before a kill: {failures[0]!r}" if failures else ""))
    print("beside " + json.dumps({"name": server.name, **told}), flush=True)
    return told


def main():
    say(f"seed {seed}, {rounds} rounds")
    kinds = [Ours]
    if dovecot.is_installed() and postfix.is_installed() and os.geteuid() == 0:
        kinds.append(Peers)
    else:
        say("without peers: they need root, and the packages postfix, dovecot-imapd and dovecot-lmtpd")
    results = []
    for kind in kinds:
        server = kind()
        try:
            results.append(play(server))
        except Exception as why:  # pylint: disable=broad-except
            if kind is Ours:
                raise
            say(f"{server.name} could not go on: {why!r}")
        finally:
            server.clear()
    score(rounds=rounds, acknowledged=results[0]["acknowledged"])
    ours = results[0]
    return 0 if ours["lost"] == ours["duplicates"] == ours["wrong"] == ours["failed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
