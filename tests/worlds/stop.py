"""SIGTERM: idle clients are told, a running DATA is finished and stored, what was acknowledged under load is there, the
process ends with 0 and leaves none behind; and a DATA that never ends does not keep it for ever."""

import os
import signal
import threading
import time

from _world import equal, expect, run, say, score, small, user, until

finished_within = small(10, 40)
endless_data_s = 30  # as long a running DATA may have


def others_of(world):
    """Processes that still have our directory on their command line."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    if world.data.encode() in file.read():
                        found.append(int(entry))
            except OSError:
                continue
    return found


def wait_for_bye(client, what):
    client.timeout = finished_within
    try:
        while not client.response().text.startswith("* BYE"):
            pass
    except EOFError:
        raise AssertionError(f"{what} was closed without BYE") from None
    try:
        while True:
            client.response()
    except EOFError:
        pass


class Load:
    """Senders that send until they are told to go; what was acknowledged, by number."""

    def __init__(self, world, senders):
        self.world = world
        self.acknowledged = []
        self.threads = [threading.Thread(target=self.send, args=(number,)) for number in range(senders)]
        for thread in self.threads:
            thread.start()

    def send(self, number):
        try:
            with self.world.smtp() as client:
                client.hello()
                for count in range(100000):
                    name = f"{number}-{count}"
                    message = f"Subject: load\r\nX-Id: {name}\r\n\r\ntext\r\n".encode("ascii")
                    reply = client.mail("sender@example.org", [user], message)
                    if reply.code != 250:
                        return
                    self.acknowledged.append(name)
        except (OSError, AssertionError):
            return

    def join(self):
        for thread in self.threads:
            thread.join()


def in_order(world):
    idle_imap = [world.imap(tls=tls) for tls in (False, True)]
    for client in idle_imap:
        client.select()
    waiting_imap = [world.imap(tls=tls) for tls in (False, True)]
    for client in waiting_imap:
        client.select()
        client.idle()
    new_imap = world.imap(sign_in=False)
    idle_smtp = world.smtp()
    greeted_smtp = world.smtp().hello()
    secure_smtp = world.smtp().hello().secure().hello()
    running = world.smtp().hello()
    equal(running.envelope("sender@example.org", [user]).code, 354, "DATA before the end")
    running.write(b"Subject: running\r\nX-Id: running\r\n\r\nfirst half\r\n")

    load = Load(world, 10)
    until(lambda: len(load.acknowledged) > 50, 30, "fifty mails of load")
    process, began = world.process, time.monotonic()
    os.kill(world.pid, signal.SIGTERM)
    for client, what in (
        (idle_imap[0], "an idle client"), (idle_imap[1], "an idle TLS client"), (waiting_imap[0], "a client in IDLE"),
        (waiting_imap[1], "a TLS client in IDLE"), (new_imap, "a client that has not signed in"),
    ):
        wait_for_bye(client, what)
    for client, what in (
        (idle_smtp, "an SMTP client before EHLO"), (greeted_smtp, "an idle SMTP client"), (secure_smtp, "an idle TLS one"),
    ):
        replies = client.rest()
        equal([reply.code for reply in replies], [421, 0], f"what {what} is told")
    told = time.monotonic()
    expect(process.poll() is None, "the server has ended before the running DATA had")
    running.write(b"second half\r\n.\r\n")
    equal(running.reply().code, 250, "the reply to the running DATA")
    rest = [reply.code for reply in running.rest()]
    expect(rest in ([421, 0], [0]), f"after the running DATA: {rest}")
    load.join()
    code = process.wait(finished_within)
    ended = time.monotonic()
    equal(code, 0, "the exit code")
    world.process.stdout.close()
    world.process = None
    equal(others_of(world), [], "processes left")
    say(f"all idle clients told after {(told - began) * 1000:.0f} ms; ended {(ended - told) * 1000:.0f} ms after the last DATA")
    return load.acknowledged


def all_is_there(world, acknowledged):
    with world.imap() as client:
        client.select()
        bodies = [body for _, body in client.bodies().values()]
    ids = [body.split(b"X-Id: ", 1)[1].split(b"\r\n", 1)[0].decode() for body in bodies]
    equal(len(ids), len(set(ids)), "mails that are there twice")
    lost = set(acknowledged) - set(ids)
    equal(lost, set(), "acknowledged and lost")
    expect("running" in ids, "the mail whose DATA was running is not there")
    score(acknowledged=len(acknowledged))
    say(f"{len(acknowledged)} mails acknowledged under load, all there; {len(ids)} in all")


def with_endless_data(world):
    endless = world.smtp().hello()
    equal(endless.envelope("sender@example.org", [user]).code, 354, "DATA")
    endless.write(b"Subject: endless\r\n\r\nand then nothing\r\n")
    took = world.stop()
    endless.close()
    expect(took < endless_data_s + small(5, 15), f"with a DATA that never ends the stop took {took:.0f} s")
    say(f"with a DATA that never ends the server stops after {took:.1f} s")


def test(world):
    world.start()
    acknowledged = in_order(world)
    world.verify()
    world.start()
    all_is_there(world, acknowledged)
    with_endless_data(world)


run(test, seconds=small(90, 180))
