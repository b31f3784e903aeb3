"""Mails of 100 MB by SMTP and by APPEND, fetched in clear and over TLS: the bytes are right, and the server's memory stays
flat while they stream through it."""

import hashlib
import re
import threading
import time

from _world import equal, expect, run, sanitizer, say, small, user

megabytes = small(100, 20)
growth_limit_kb = 32 * 1024
head = b"From: sender@example.org\r\nSubject: large\r\nX-Large: 1\r\n\r\n"


def pieces(count, stuffed):
    """The message in pieces of a megabyte; each has lines that begin with dots, which SMTP doubles."""
    yield head
    for number in range(count):
        line = (b"%08d " % number) + b"x" * 67 + b"\r\n"
        dot = b"..a line that begins with a dot\r\n" if stuffed else b".a line that begins with a dot\r\n"
        yield dot + line * ((1 << 20) // len(line))


def digest_of(count):
    digest, size = hashlib.sha256(), 0
    for piece in pieces(count, False):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


class Memory:
    """The server's memory while something runs: the highest seen by us and the kernel's own peak."""

    def __init__(self, world, what, base):
        self.world, self.what, self.base = world, what, base
        self.highest = 0
        self.ends = threading.Event()
        self.watcher = threading.Thread(target=self.watch)

    def watch(self):
        while not self.ends.wait(0.02):
            self.highest = max(self.highest, self.world.status("VmRSS"))

    def __enter__(self):
        self.world.forget_peak()
        self.began = time.monotonic()
        self.watcher.start()

    def __exit__(self, kind, *_):
        self.ends.set()
        self.watcher.join()
        if kind is not None:
            return
        took = time.monotonic() - self.began
        peak = max(self.highest, self.world.status("VmHWM")) - self.base
        say(f"{self.what}: {megabytes / took:.0f} MB/s, memory at most {peak / 1024:+.1f} MB")
        if not sanitizer:
            expect(peak < growth_limit_kb, f"{self.what}: the server's memory grew by {peak / 1024:.1f} MB")


def by_smtp(world, count):
    with world.smtp(timeout=60) as client:
        client.hello()
        limits = client.offers("SIZE")
        equal(len(limits), 1, "SIZE in the answer to EHLO")
        size = count << 20
        equal(client.command(f"MAIL FROM:<sender@example.org> SIZE={size}").code, 250, f"MAIL with SIZE ({limits})")
        equal(client.command(f"RCPT TO:<{user}>").code, 250, "RCPT")
        equal(client.command("DATA").code, 354, "DATA")
        for number, piece in enumerate(pieces(count, True)):
            client.write(piece)
            if number == count // 2:
                world.answers("half of a large mail")
        client.write(b".\r\n")
        reply = client.reply()
        equal(reply.code, 250, f"the large mail ({reply.text})")


def by_append(world, count, size, tls):
    with world.imap(tls=tls, timeout=60) as client:
        client.write(b"a APPEND INBOX {%d}\r\n" % size)
        expect(client.response().text.startswith("+"), "APPEND is not continued")
        for piece in pieces(count, False):
            client.write(piece)
        client.write(b"\r\n")
        answer = client.answer("a")
        expect(answer.ok, f"APPEND of the large mail is answered {answer}")
        return int(answer.code("APPENDUID")[1])


def fetch(world, uid, tls):
    """The digest of the message from our first header field on, without ever holding it."""
    with world.imap(tls=tls, timeout=60) as client:
        client.select()
        client.write(b"f UID FETCH %d BODY.PEEK[]\r\n" % uid)
        buffer = bytearray()
        while True:
            found = re.search(rb"\* \d+ FETCH [^\r\n]*\{(\d+)\}\r\n", buffer)
            if found:
                break
            buffer += client.socket.recv(65536)
        left, digest, began, size = int(found[1]), hashlib.sha256(), False, 0
        del buffer[: found.end()]
        while left > 0:
            data = bytes(buffer[:left]) if buffer else client.socket.recv(min(left, 1 << 18))
            expect(data, "the connection ended within the message")
            if buffer:
                del buffer[: len(data)]
            left -= len(data)
            if not began:
                # The server's own fields are in the first piece; one of a few kB is waited for.
                while left > 0 and head not in data:
                    more = client.socket.recv(min(left, 1 << 16))
                    left -= len(more)
                    data += more
                data = data[data.index(head) :]
                began = True
            digest.update(data)
            size += len(data)
        return digest.hexdigest(), size


def test(world):
    world.start()
    small_digest = digest_of(1)
    by_smtp(world, 1)
    small_uid = by_append(world, 1, small_digest[1], True)
    for tls in (False, True):
        equal(fetch(world, small_uid, tls), small_digest, "a mail of one megabyte")
    base = world.status("VmRSS")
    say(f"memory after mails of one megabyte: {base / 1024:.1f} MB; now {megabytes} MB each")

    wanted = digest_of(megabytes)
    with Memory(world, "SMTP", base):
        by_smtp(world, megabytes)
    smtp_uid = small_uid + 1
    with Memory(world, "APPEND in clear", base):
        plain_uid = by_append(world, megabytes, wanted[1], False)
    with Memory(world, "APPEND over TLS", base):
        by_append(world, megabytes, wanted[1], True)
    for uid, tls, what in (
        (smtp_uid, False, "FETCH in clear of the mail by SMTP"),
        (smtp_uid, True, "FETCH over TLS of the mail by SMTP"),
        (plain_uid, True, "FETCH over TLS of the mail by APPEND"),
    ):
        with Memory(world, what, base):
            equal(fetch(world, uid, tls), wanted, what)
    say(f"digest and size are the same every time: {wanted[1]} octets")


run(test)
