"""kill -9 at a random moment under load, again and again: what was acknowledged is there, once, with its bytes and its flags;
what was not sent is not; UIDs are never given twice and never go back. STAGECOACH_ROUNDS and STAGECOACH_SEED change what is
run; the seed is printed."""

import os
import random
import shutil
import threading
import time

from _ledger import Ledger, add, gone, make, remove
from _world import equal, expect, run, say, score, small, user

rounds = int(os.environ.get("STAGECOACH_ROUNDS") or small(50, 10))
seed = int(os.environ.get("STAGECOACH_SEED") or random.randrange(1 << 32))
smtp_connections, imap_connections = 4, 4
verify_every = 10
rounds_of_a_store = 100
flag_names = [r"\Flagged", r"\Answered", r"\Seen", "$Forwarded", "keyword"]


class Ended(Exception):
    """The connection is gone, as it must be after a kill."""


class Round:
    """Eight connections that work until the server is killed under them."""

    def __init__(self, world, ledger, number):
        self.world, self.ledger, self.number = world, ledger, number
        self.killed = threading.Event()
        self.ready = threading.Barrier(smtp_connections + imap_connections + 1)
        self.failures = []
        jobs = [(self.by_smtp, i) for i in range(smtp_connections)] + [(self.by_imap, i) for i in range(imap_connections)]
        self.threads = [threading.Thread(target=self.guarded, args=job) for job in jobs]

    def run(self, kill_after):
        for thread in self.threads:
            thread.start()
        try:
            self.ready.wait(60)
        except threading.BrokenBarrierError:
            raise AssertionError(f"the connections of round {self.number} did not come up: {self.failures}") from None
        time.sleep(kill_after)
        self.killed.set()
        self.world.kill()
        for thread in self.threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def guarded(self, work, connection):
        try:
            work(connection, random.Random(f"{seed}-{self.number}-{work.__name__}-{connection}"))
        except TimeoutError as why:
            self.failures.append(AssertionError(f"a connection hangs: {why}"))
        except (Ended, EOFError, OSError) as why:
            if not self.killed.is_set():
                self.failures.append(AssertionError(f"a connection ended before the kill: {why!r}"))
        except Exception as why:  # pylint: disable=broad-except
            self.failures.append(why)
        finally:
            if self.failures:
                self.ready.abort()

    # --- SMTP ---

    def by_smtp(self, connection, random_one):
        with self.world.smtp() as client:
            client.hello()
            self.ready.wait(60)
            for count in range(1 << 20):
                name = f"{self.number}.smtp{connection}.{count}"
                message = make(random_one, name)
                entry = self.ledger.sending(name, message, None)
                reply = client.mail("sender@example.org", [user], message)
                if reply.code == 0:
                    raise Ended
                equal(reply.code, 250, f"the reply to {name} ({reply.text})")
                self.ledger.accepted(entry)

    # --- IMAP ---

    def by_imap(self, connection, random_one):
        with self.world.imap() as client:
            client.select()
            self.ready.wait(60)
            owner = f"imap{connection}"
            mine = self.ledger.mine(owner)[-200:]
            for count in range(1 << 20):
                kind = random_one.random()
                if kind < 0.5 or not mine:
                    mine.append(self.append(client, f"{self.number}.{owner}.{count}", owner, random_one))
                elif kind < 0.85:
                    self.store(client, random_one.choice(mine), random_one)
                else:
                    self.expunge(client, mine.pop(random_one.randrange(len(mine))))

    def append(self, client, name, owner, random_one):
        flags = frozenset(random_one.sample(flag_names, random_one.randrange(3)))
        message = make(random_one, name)
        entry = self.ledger.sending(name, message, owner, flags)
        _, uid = client.append(message, flags=f"({' '.join(flags)})" if flags else "")
        self.ledger.accepted(entry, uid)
        return entry

    def store(self, client, entry, random_one):
        name = random_one.choice(flag_names)
        sign, change = random_one.choice([("+", add(name)), ("-", remove(name))])
        entry.begins(change)
        client.good(f"UID STORE {entry.uid} {sign}FLAGS.SILENT ({name})")
        entry.is_done(change)
        self.ledger.counts["flag changes"] += 1

    def expunge(self, client, entry):
        entry.begins(add(r"\Deleted"))
        client.good(rf"UID STORE {entry.uid} +FLAGS.SILENT (\Deleted)")
        entry.is_done(add(r"\Deleted"))
        entry.begins(gone)
        client.good(f"UID EXPUNGE {entry.uid}")
        entry.is_done(gone)
        self.ledger.counts["expunges"] += 1


class Store:
    """The rounds that one store lives through. Each start checks it whole, so a store that grew for ever would make the time
    quadratic."""

    def __init__(self, world, rounds_of_it, random_one):
        self.world, self.rounds, self.random_one = world, rounds_of_it, random_one
        self.ledger = Ledger()
        self.starts = []

    def run(self):
        self.world.start()
        for number in self.rounds:
            Round(self.world, self.ledger, number).run(self.random_one.uniform(0.02, 0.8))
            self.starts.append(self.world.start())
            is_last = number == self.rounds[-1]
            is_whole = number % verify_every == 0 or is_last
            with self.world.imap(timeout=120) as client:
                self.ledger.check(client, is_whole)
            if is_whole:
                self.check()
                if not is_last:
                    self.world.start()

    def check(self):
        self.world.stop()  # which checks every account, and must find nothing
        self.world.verify()
        counts = ", ".join(f"{count} {name}" for name, count in self.ledger.counts.items())
        say(f"after {len(self.starts)} rounds: {counts}; UIDNEXT {self.ledger.next_uid}; verify is clean")


def test(world):
    say(f"seed {seed}, {rounds} rounds")
    random_one = random.Random(seed)
    acknowledged, starts = 0, []
    for first in range(1, rounds + 1, rounds_of_a_store):
        shutil.rmtree(world.data, ignore_errors=True)
        store = Store(world, range(first, min(first + rounds_of_a_store, rounds + 1)), random_one)
        store.run()
        acknowledged += store.ledger.counts["acknowledged"]
        starts += store.starts
    expect(acknowledged > rounds, "hardly anything was acknowledged: this test has tested nothing")
    score(rounds=rounds, acknowledged=acknowledged)
    say(f"ready again after {1000 * sum(starts) / len(starts):.0f} ms, at most {1000 * max(starts):.0f} ms")


run(test, seconds=max(600, 10 * rounds))
