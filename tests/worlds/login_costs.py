"""What a login costs: a name that is not there takes the time of a wrong password (security.md AU02), and two hundred
logins at once hold up neither mail nor who is there (AU12)."""

import collections
import math
import random
import statistics
import threading
import time

from _scram import plain
from _smtp import Smtp
from _world import equal, expect, password, run, say, small, user

samples = small(120, 30)
at_once = 200


def auth(client, name, secret):
    return client.command("AUTH PLAIN " + plain(f"\0{name}\0{secret}".encode())).code


def timed(world, name, secret):
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        began = time.monotonic()
        equal(auth(client, name, secret), 535, "a wrong login")
        return time.monotonic() - began


def known_and_unknown(world):
    """Welch's t of the two samples, taken in turn and in random order: beyond 4.5 somebody could tell them apart."""
    known, unknown = [], []
    for _ in range(samples):
        order = [(known, user), (unknown, f"nobody{random.randrange(1 << 30)}@localhost")]
        random.shuffle(order)
        for times, name in order:
            times.append(timed(world, name, "wrong"))
    spread = math.sqrt(statistics.variance(known) / samples + statistics.variance(unknown) / samples)
    t = abs(statistics.mean(known) - statistics.mean(unknown)) / spread
    medians = statistics.median(known), statistics.median(unknown)
    say(f"{samples} of each: medians {medians[0] * 1000:.1f} and {medians[1] * 1000:.1f} ms, t = {t:.1f}")
    expect(t < 4.5, f"known and unknown names can be told apart: t = {t:.1f}")
    expect(abs(medians[0] - medians[1]) < 0.2 * max(medians), f"the medians are {medians}")
    expect(min(medians) > 0.001, f"a password is checked in {min(medians) * 1000:.3f} ms: that is no hash")


def flood(world):
    codes = []

    def one(number):
        with Smtp(world.ports["submission"], timeout=60) as client:
            client.hello()
            together.wait(60)
            codes.append(auth(client, user, f"wrong {number}"))

    together = threading.Barrier(at_once + 1)
    threads = [threading.Thread(target=one, args=(number,)) for number in range(at_once)]
    with world.smtp() as mail, world.imap() as imap:
        mail.hello()
        imap.select()
        for thread in threads:
            thread.start()
        together.wait(60)
        slowest = 0
        while any(thread.is_alive() for thread in threads):
            began = time.monotonic()
            equal(mail.mail("a@example.org", [user], b"From: a@example.org\r\n\r\ntext\r\n").code, 250, "a mail meanwhile")
            imap.good("NOOP")
            slowest = max(slowest, time.monotonic() - began)
    outcomes = collections.Counter(codes)
    say(f"{at_once} logins at once: {dict(outcomes)}; a mail and a NOOP meanwhile at most {slowest * 1000:.0f} ms")
    equal(set(outcomes) - {535, 454}, set(), "other replies")
    expect(outcomes[535] >= 64, "fewer were looked at than may wait")
    expect(slowest < small(0.5, 5), f"a mail took {slowest:.2f} s while passwords are checked")
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        equal(auth(client, user, password), 235, "a right login afterwards")


def test(world):
    world.start()
    known_and_unknown(world)
    flood(world)


run(test, seconds=small(90, 240))
