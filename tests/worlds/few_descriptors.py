"""More connections than the process may have descriptors: the others wait without costing the processor anything, who is
there is served, no mail is lost, and when some go the next come in."""

import os
import resource
import socket
import time

from _smtp import Smtp
from _world import clock_ticks, equal, expect, run, say, score, until, user

message = b"From: a@example.org\r\nSubject: few\r\n\r\ntext\r\n"


def descriptors(world):
    return len(os.listdir(f"/proc/{world.pid}/fd"))


def test(world):
    world.start()
    world.send(message)
    allowed = descriptors(world) + 20
    _, hard = resource.prlimit(world.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(world.pid, resource.RLIMIT_NOFILE, (allowed, hard))
    first = world.smtp()
    first.hello()
    sockets = [socket.create_connection(("127.0.0.1", world.ports["smtp"]), timeout=5) for _ in range(60)]
    until(lambda: descriptors(world) >= allowed, 5, "the descriptors are used up")
    before = world.ticks()
    time.sleep(2)
    busy = (world.ticks() - before) / clock_ticks / 2
    expect(busy < 0.2, f"waiting for a descriptor takes {100 * busy:.0f} % of a processor")
    reply = first.mail("sender@example.org", [user], message)
    expect(reply.code == 250 or 400 <= reply.code < 500, f"without descriptors a mail is answered {reply}")
    accepted = 1 + (reply.code == 250)
    for one in sockets:
        one.close()
    client = until(lambda: Smtp(world.ports["smtp"], timeout=5), 5, "somebody new is let in")
    client.hello()
    equal(client.mail("sender@example.org", [user], message).code, 250, "a mail when there are descriptors again")
    client.close()
    first.close()
    with world.imap() as imap:
        equal(imap.select()[0], accepted + 1, "mails that are there")
    with open(world.log, encoding="utf-8") as log:
        complaints = sum("accept_failed" in line for line in log)
    expect(1 <= complaints < 20, f"the log has {complaints} lines about it")
    score(faults=len(sockets), acknowledged=accepted + 1)
    say(f"{len(sockets)} connections with {allowed} descriptors: {100 * busy:.1f} % of a processor, then all is well again")


run(test)
