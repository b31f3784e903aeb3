"""Every sync takes a fifth of a second: mails that wait together share their syncs, and who only asks something is not held
up by those who write."""

import threading
import time

import _trace
from _world import equal, expect, run, say, score, small, user

delay = 0.2
senders, mails_each = 32, 4
message = b"From: a@example.org\r\nSubject: slow\r\n\r\ntext\r\n"


def send(world, failures):
    try:
        with world.smtp(timeout=60) as client:
            client.hello()
            for _ in range(mails_each):
                equal(client.mail("sender@example.org", [user], message).code, 250, "the reply to a mail")
    except Exception as why:  # pylint: disable=broad-except
        failures.append(why)


def test(world):
    world.start()
    with world.imap() as idle:
        idle.select()
        trace = _trace.Trace(world, "-e", f"inject=fdatasync,fsync:delay_enter={int(delay * 1e6)}")
        failures = []
        threads = [threading.Thread(target=send, args=(world, failures)) for _ in range(senders)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        waits = []
        while any(thread.is_alive() for thread in threads):
            asked = time.monotonic()
            idle.good("NOOP")
            waits.append(time.monotonic() - asked)
            time.sleep(0.01)
        took = time.monotonic() - began
        calls = trace.close()
        equal(failures, [], "what went wrong")
        count = senders * mails_each
        equal(idle.select()[0], count, "mails that are there")
    syncs = sum(one.name in _trace.syncing for one in calls)
    waits.sort()
    say(f"{count} mails on {senders} connections in {took:.1f} s with {syncs} syncs of {delay} s; "
        f"NOOP at most {waits[-1] * 1000:.0f} ms, median {waits[len(waits) // 2] * 1000:.1f} ms")
    score(acknowledged=count)
    # One after another they would need two syncs each.
    expect(syncs < count, f"{count} mails needed {syncs} syncs: they do not share them")
    expect(waits[int(len(waits) * 0.99)] < small(delay, 2), "NOOP waits for the disk")


run(test)
