"""The clock of the machine jumps, back and far ahead, under a running server: sessions go on, mail is delivered with the
date that the clock shows, UIDs, modification sequences and UIDVALIDITY never go back, no timer goes mad, and nobody is signed
out of the webmail."""

import datetime
import glob
import os
import sys
import time

from _web import Browser
from _world import clock_ticks, equal, expect, password, run, sanitizer, say, score, user

faked = "".join(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
message = b"From: a@example.org\r\nSubject: jump\r\n\r\ntext\r\n"
day = 24 * 3600
jumps = [0, -2 * day, 400 * day, -10, 0, 12 * 366 * day, 40 * 366 * day, -30 * 366 * day, 0]


class Clock:
    """What the server's wall clock is ahead of ours; its monotonic clock stays as it is."""

    def __init__(self, world):
        self.path = os.path.join(world.home, "clock")
        self.set(0)

    def environment(self):
        return {"LD_PRELOAD": faked, "FAKETIME_TIMESTAMP_FILE": self.path, "FAKETIME_NO_CACHE": "1",
                "DONT_FAKE_MONOTONIC": "1"}

    def set(self, seconds):
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds:+d}\n")
        os.rename(self.path + ".new", self.path)


def expect_signed_in(browsers, when):
    for number, one in enumerate(browsers):
        equal(one.refusal("mail.read", {"mailbox": 1, "uid": 10**6}).status, 404, f"session {number} {when}")


def test(world):
    clock = Clock(world)
    world.start(environment=clock.environment())
    browsers = [Browser(world).sign_in(user, password)]
    waiting = world.imap()
    waiting.select()
    waiting.idle()
    validities, uids = [], []
    busy = world.ticks()
    began = time.monotonic()
    with world.imap() as imap, world.smtp() as smtp:
        smtp.hello()
        imap.select()
        for count, ahead in enumerate(jumps, 1):
            clock.set(ahead)
            equal(smtp.mail("sender@example.org", [user], message).code, 250, f"a mail at {ahead:+d} s")
            waiting.wait_exists(count, 5)
            imap.good("NOOP")
            items = imap.good(f"FETCH {count} (UID INTERNALDATE)").fetched()[-1][1]
            received = datetime.datetime.strptime(items["INTERNALDATE"].decode().strip(), "%d-%b-%Y %H:%M:%S %z").timestamp()
            expect(abs(received - (time.time() + ahead)) < 60, f"at {ahead:+d} s a mail is received {items}")
            uids.append(int(items["UID"]))
            imap.good("CREATE Jump")
            validities.append(imap.select("Jump")[1])
            imap.select()
            imap.good("DELETE Jump")
            browsers.append(Browser(world).sign_in(user, password))
            expect_signed_in(browsers, f"at {ahead:+d} s")
    equal(uids, sorted(set(uids)), "UIDs in the order of delivery")
    equal(validities, sorted(set(validities)), "UIDVALIDITY of a mailbox that is made again and again")
    waiting.done()
    waiting.close()
    busy = (world.ticks() - busy) / clock_ticks / (time.monotonic() - began)
    expect(busy < 0.9, f"a timer that runs wild: {100 * busy:.0f} % of a processor")
    world.stop()
    clock.set(-400 * day)
    world.start(environment=clock.environment())
    with world.imap() as imap:
        equal(imap.select()[0], len(jumps), "mails after a start in the past")
    for one in browsers:
        one.port = world.ports["http"]
    expect_signed_in(browsers[:1], "after a start in the past")
    clock.set(0)
    world.stop()
    world.start(environment=clock.environment())
    for one in browsers:
        one.port = world.ports["http"]
    expect_signed_in(browsers[:1], "after a start under the clock of before")
    score(faults=len(jumps), acknowledged=len(jumps))
    say(f"{len(jumps)} jumps from {min(jumps) // day} to {max(jumps) // day} days: UIDs and UIDVALIDITY only grew")


if sanitizer:
    say("not with sanitizers: their runtime wants to be loaded before the library that moves the clock")
    sys.exit(0)
run(test)
