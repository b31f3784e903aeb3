"""The disk is full: mails are refused for now and nothing acknowledged is lost; space is freed: mails are taken again, without
a restart. The data directory is a small tmpfs."""

import contextlib
import errno
import hashlib
import os
import re
import threading
import time

import _tmpfs
from _web import Browser, Refused
from _world import equal, expect, password, run, say, score, small, user, until

disk_mb = 640  # above the reserve that the server may want to keep free
left_mb = 24  # what the filler leaves, where there is no reserve
mail_bytes = 64 * 1024
recover_s = small(10, 60)


class Disk:
    def __init__(self, world):
        self.folder = world.data
        self.filler = os.path.join(self.folder, "filler")
        _tmpfs.mount(self.folder, f"size={disk_mb}m")
        say(f"a tmpfs of {disk_mb} MB")

    def free(self):
        now = os.statvfs(self.folder)
        return now.f_bavail * now.f_frsize

    def fill(self, left):
        """The filler grows until so many bytes are free."""
        with open(self.filler, "ab") as file:
            while self.free() > left:
                piece = min(8 << 20, self.free() - left)
                try:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), piece)
                except OSError as why:  # somebody else took it first; a piece of what is left will do
                    if why.errno != errno.ENOSPC or piece <= 4096:
                        return
                    with contextlib.suppress(OSError):
                        os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), 4096)

    def relieve(self):
        os.unlink(self.filler)

    def unmount(self):
        _tmpfs.unmount(self.folder)


def message(number):
    line = hashlib.sha256(str(number).encode()).hexdigest().encode() + b"\r\n"  # what no compression makes small
    lines = b"".join(hashlib.sha512(b"%d-%d" % (number, i)).hexdigest().encode() + b"\r\n" for i in range(mail_bytes // 130))
    return b"Subject: disk\r\nX-Id: %d\r\n\r\n" % number + line + lines


class Sender:
    def __init__(self, world):
        self.world = world
        self.sent = 0
        self.acknowledged = {}
        self.lock = threading.Lock()

    def one(self, client):
        with self.lock:
            number = self.sent
            self.sent += 1
        mail = message(number)
        reply = client.mail("sender@example.org", [user], mail)
        if reply.code == 250:
            self.acknowledged[number] = hashlib.sha256(mail).digest()
        return reply

    def until_refused(self, limit):
        """Sends until a mail is refused; the refusal must be for now, and say what is wrong."""
        with self.world.smtp(timeout=60) as client:
            client.hello()
            for _ in range(limit):
                reply = self.one(client)
                if reply.code != 250:
                    expect(reply.code in (452, 451), f"on a full disk a mail is answered {reply}")
                    return reply
        raise AssertionError(f"{limit} mails were taken by a full disk")

    def accepted_again(self):
        with self.world.smtp(timeout=60) as client:
            client.hello()
            return self.one(client).code == 250


def load(world, sender, ends):
    """Four senders that go on whatever they are told, as mail servers do."""

    def send():
        while not ends.is_set():
            try:
                with world.smtp(timeout=60) as client:
                    client.hello()
                    while not ends.is_set():
                        reply = sender.one(client)
                        if reply.code == 250:
                            continue
                        expect(reply.code in (0, 421, 451, 452), f"under load on a full disk: {reply}")
                        break
            except (OSError, AssertionError) as why:
                if isinstance(why, AssertionError):
                    failures.append(why)
                    return
            ends.wait(0.01)

    failures = []
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    return threads, failures


def all_is_there(world, sender):
    with world.imap(timeout=60) as client:
        client.select()
        found = {}
        for _, body in client.bodies().values():
            number = int(re.search(rb"X-Id: (\d+)", body)[1])
            expect(number not in found, f"mail {number} is there twice")
            found[number] = hashlib.sha256(body[body.index(b"Subject: disk\r\n") :]).digest()
    lost = [number for number, digest in sender.acknowledged.items() if found.get(number) != digest]
    equal(lost, [], "acknowledged and lost")
    say(f"{len(sender.acknowledged)} of {sender.sent} mails acknowledged, all there; {len(found)} in the mailbox")


def filled_slowly(world, disk, sender):
    disk.fill(left_mb << 20)
    reply = sender.until_refused(limit=2 * (disk_mb << 20) // mail_bytes)
    count = len(sender.acknowledged)
    say(f"{count} mails fit, then: {reply.code} {reply.text}")
    with world.imap() as client:
        equal(client.select()[0], count, "messages while the disk is full")
        if count > 0:
            equal(len(client.bodies("1:*")), count, "messages that can be read while the disk is full")
        client.good("NOOP")
        answer = client.command("APPEND INBOX {}", message(10**6))
        expect(not answer.ok, "APPEND works on a full disk")
    world.answers("a full disk")
    disk.relieve()
    began = time.monotonic()
    until(sender.accepted_again, recover_s, "a mail after space was freed")
    say(f"space freed: mails are taken again after {(time.monotonic() - began) * 1000:.0f} ms")


def filled_under_load(world, disk, sender):
    """The last byte goes while mails are on their way: writes fail in the middle."""
    ends = threading.Event()
    threads, failures = load(world, sender, ends)
    try:
        for _ in range(3):
            count = len(sender.acknowledged)
            until(lambda: failures or len(sender.acknowledged) > count + 20, 60, "twenty mails of load")
            disk.fill(0)
            time.sleep(0.5)
            expect(world.is_running(), "the server has ended on a full disk")
            disk.relieve()
            count = len(sender.acknowledged)
            until(lambda: failures or len(sender.acknowledged) > count, recover_s, "a mail after space was freed under load")
    finally:
        ends.set()
        for thread in threads:
            thread.join()
    equal(failures, [], "what the senders met")
    say("filled to the last byte three times under load: each time mails are taken again, without a restart")


def sessions_end(world, disk, sender):
    """Nobody is signed in by a session that is not on the disk, and whoever is signed out is told what is not."""
    leaver, other, stays = all_three = [Browser(world).sign_in(user, password) for _ in range(3)]
    cookies = [dict(one.cookies) for one in all_three]
    disk.fill(0)
    count = 0
    try:
        for count in range(80):
            Browser(world).sign_in(user, password)
        raise AssertionError(f"{count + 1} sessions are begun on a full disk")
    except Refused as why:
        expect(why.status >= 400 and why.status != 401, f"a session on a full disk: {why}")
    refused = leaver.refusal("session.sign_out")
    expect(refused.status >= 400 and "signed out, but" in refused.body["message"], f"signed out on a full disk: {refused}")
    disk.relieve()
    until(sender.accepted_again, recover_s, "a mail after space was freed")
    other.call("session.sign_out")  # and what was not written goes with it
    world.kill()
    world.start()
    for browser, kept, wanted in zip(all_three, cookies, (401, 401, 404)):
        browser.port, browser.cookies = world.ports["http"], kept
        equal(browser.refusal("mail.read", {"mailbox": 1, "uid": 10**6}).status, wanted, "after the restart")
    say(f"{count} sessions fit; who signed out on a full disk is out after a kill")


def test(world):
    disk = Disk(world)
    try:
        world.start()
        sender = Sender(world)
        filled_slowly(world, disk, sender)
        filled_under_load(world, disk, sender)
        sessions_end(world, disk, sender)
        all_is_there(world, sender)
        world.kill()
        world.start()
        all_is_there(world, sender)
        world.stop()
        world.verify()
        world.start()
        all_is_there(world, sender)
        world.finish()
        score(faults=4, acknowledged=len(sender.acknowledged))
    finally:
        if world.is_running():
            world.kill()
        disk.unmount()
    os.makedirs(world.data, exist_ok=True)


_tmpfs.may_mount()
run(test, seconds=small(90, 180))
