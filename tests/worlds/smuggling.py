"""What must never end DATA does not end it, nothing survives STARTTLS, and slow or silent clients keep nobody waiting:
sections 2.1 and 2.2 of the attack list, against the real ports. After every group somebody new is served at once."""

import os
import re
import socket
import ssl
import threading
import time

from _smtp import unverified
from _world import equal, expect, in_threads, run, say, score, small, user

sequences_file = os.path.join(os.path.dirname(__file__), "../data/smtp/smuggling_sequences.txt")

# What a false end would let through: a second mail.
smuggled = (
    b"MAIL FROM:<smuggled@evil.example>\r\nRCPT TO:<victim@localhost>\r\nDATA\r\n"
    b"From: admin@localhost\r\nX-Id: smuggled\r\n\r\nX\r\n.\r\n"
)
true_end = b"\r\n.\r\n"

# Rows of the attack list that are no sequence of the vectors: (name, bytes between body and the smuggled mail).
rows = {
    "SM06": b"\r\n.\r", "SM08": b"\r\r\n.\r\r\n", "SM09": b"\r\n.\r\r\n", "SM10a": b"\n\r.\r\n", "SM10b": b"\r\n.\n\r",
    "SM11": b"\r\n..\r\n", "SM12": b"\r\n.a\r\n", "SM13a": b"\r\n .\r\n", "SM13b": b"\r\n. \r\n", "SM13c": b"\r\n.\t\r\n",
}
ends = [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\0\r\n", b"\r\0\n", b"\r\n\0", b" ", b"", b"\x85", b"\xe2\x80\xa8",
        b"\x0b", b"\x0c"]
dots = [b".", b"..", b".\0", b". ", b" .", b".\t"]


def content(name, sequence):
    """A message with a false end and what would be smuggled behind it, up to but without the true end."""
    # The smuggled mail's own end is part of what must not happen: without it the true end is the last line alone.
    return b"Subject: case\r\nX-Id: " + name.encode() + b"\r\n\r\nbody" + sequence + smuggled.removesuffix(b".\r\n") + b"end"


def is_clean(message):
    """No CR but before LF, no LF but after CR, no NUL: what is accepted (RFC 5321 2.3.8)."""
    bare = message.replace(b"\r\n", b"")
    return not any(byte in bare for byte in b"\r\n\0")


def has_one_end(message):
    """The reference scanner: whether the first CRLF.CRLF of the stream is the one that we put at its end."""
    return (b"\r\n" + message + true_end).find(true_end) == len(message) + 2


def known_sequences():
    found = {}
    with open(sequences_file, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                data, source, name = line.split()
                found[f"{source}-{name}"] = bytes.fromhex(data)
    return found


class Cases:
    """Sends each case on a connection of its own and keeps what the mailbox must hold in the end."""

    def __init__(self, world):
        self.world = world
        self.delivered = []
        self.sent = []

    def send(self, case):
        name, sequence = case
        self.sent.append(name)
        message = content(name, sequence)
        with self.world.smtp() as client:
            client.hello()
            equal(client.envelope("sender@example.org", [user]).code, 354, f"DATA of {name}")
            client.write(message + true_end)
            reply = client.reply()
            equal(reply.code, 250 if is_clean(message) else 550, f"{name} {sequence!r} ({reply.text})")
            client.write(b"NOOP\r\n")
            equal(client.reply().code, 250, f"the one reply to NOOP after {name} {sequence!r}")
        if is_clean(message):
            self.delivered.append(name)


def false_ends(world, cases):
    known = known_sequences()
    expect(len([name for name in known if name.startswith("smtpsmug")]) == 10, "ten sequences of smtpsmug")
    expect(len([name for name in known if name.startswith("the-login-inbound")]) == 7, "seven of the inbound scanner")
    for case in [*known.items(), *rows.items()]:
        cases.send(case)
    world.answers("the known sequences")
    say(f"{len(known)} known sequences and {len(rows)} rows: each answered once, nothing smuggled")

    made = [(f"G{i}-{j}-{k}", before + dot + after) for i, before in enumerate(ends) for j, dot in enumerate(dots)
            for k, after in enumerate(ends)]
    made = [case for case in made if has_one_end(content(*case))][:: small(1, 7)]
    in_threads(lambda part: [cases.send(case) for case in made[part::4]], range(4))
    world.answers("the generated sequences")
    say(f"{len(made)} generated sequences: the same")


def ends_in_pieces(world, cases):
    """SM14 to SM17, SM22: an empty message, the end cut in every way and over the edges of buffers, bare LF in commands."""
    with world.smtp() as client:
        client.hello()
        client.envelope("sender@example.org", [user])
        client.write(b".\r\n")
        equal(client.reply().code, 550, "SM14: an empty message")
        equal(client.command("NOOP").code, 250, "SM14: the state after an empty message")
    cuts = []
    for mask in range(16):
        pieces, piece = [], b""
        for index in range(5):
            piece += true_end[index : index + 1]
            if index < 4 and mask >> index & 1:
                pieces.append(piece)
                piece = b""
        cuts.append([*pieces, piece])

    def cut(number):
        with world.smtp() as client:
            client.hello()
            client.envelope("sender@example.org", [user])
            client.write(b"Subject: cut\r\nX-Id: cut-%d\r\n\r\nbody" % number)
            for piece in cuts[number]:
                time.sleep(0.05)
                client.write(piece)
            equal(client.reply().code, 250, f"SM15: {cuts[number]}")
            equal(client.command("NOOP").code, 250, "NOOP after SM15")
        cases.delivered.append(f"cut-{number}")

    in_threads(cut, range(16))
    with world.smtp() as client:
        client.hello()
        for edge in (4096, 8192, 16384, 65536):
            for off in range(-2, 3):
                name = f"edge-{edge}-{off}"
                start = b"Subject: edge\r\nX-Id: " + name.encode() + b"\r\n\r\n"
                line = b"y" * 70 + b"\r\n"
                filler = line * ((edge + off - len(start)) // len(line))
                message = start + filler + b"z" * (edge + off - len(start) - len(filler))
                client.envelope("sender@example.org", [user])
                client.write(message + true_end)
                equal(client.reply().code, 250, f"SM16: {name}")
                cases.delivered.append(name)
    with world.smtp() as client:
        client.hello()
        client.envelope("sender@example.org", [user])
        client.write(b"From: a\nTo: b\r\n\r\nbody" + true_end)
        equal(client.reply().code, 550, "SM17: a bare LF in the header")
    for line in (b"NOOP\nRSET\r\n", b"NOOP\rX\r\n", b"NO\0OP\r\n"):
        with world.smtp() as client:
            client.hello()
            client.write(line)
            equal([reply.code for reply in client.rest()], [500, 0], f"SM22: {line!r}")
    world.answers("ends in pieces")
    say("empty message, the end in 16 cuts and over 20 edges of buffers, bare LF in header and commands")


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = unverified().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def starttls(world):
    for name, extra in (
        ("TL01", b"RSET\r\nMAIL FROM:<x@example.org>\r\n"), ("TL02", client_hello()), ("TL03", b"EHLO a"),
    ):
        with world.smtp() as client:
            client.hello()
            client.write(b"STARTTLS\r\n" + extra)
            replies = [reply.code for reply in client.rest()]
            equal(replies, [501, 0], f"{name}: bytes behind STARTTLS")
    with world.smtp() as client:
        client.hello()
        equal(client.command("MAIL FROM:<sender@example.org>").code, 250, "MAIL")
        client.secure()
        equal(client.command(f"RCPT TO:<{user}>").code, 503, "TL04: RCPT after the handshake")
        equal(client.command("MAIL FROM:<sender@example.org>").code, 503, "TL04: MAIL without a new EHLO")
        client.hello()
        equal(client.offers("STARTTLS"), [], "TL05: STARTTLS offered within TLS")
        equal(client.command("STARTTLS").code, 503, "TL05: STARTTLS within TLS")
        equal(client.command("NOOP").code, 250, "NOOP after TL05")
    with world.smtp() as client:
        client.hello()
        equal(client.command("STARTTLS now").code, 501, "TL05: STARTTLS with an argument")
    with world.imap(sign_in=False) as client:
        client.write(b'a STARTTLS\r\nb LOGIN "ada@localhost" "stagecoach"\r\n')
        said = []
        try:
            while True:
                said.append(client.response(2).text)
        except (EOFError, TimeoutError) as ended:
            expect(isinstance(ended, EOFError), f"TL07: the connection stays open after {said}")
        expect(any(line.startswith("a BAD") for line in said), f"TL07: STARTTLS is answered {said}")
        expect(not any(line.startswith(("a OK", "b ")) for line in said), f"TL07: the injected LOGIN is answered {said}")
    world.answers("STARTTLS injection")
    wrong_port(world)
    say("STARTTLS with bytes behind it, twice, with an argument; plaintext to the TLS port and TLS to the plain one")


def wrong_port(world):
    with socket.create_connection(("127.0.0.1", world.ports["imaps"]), timeout=5) as link:
        link.sendall(b"a CAPABILITY\r\n")
        said = read_to_end(link)
        expect(b"IMAP" not in said and b"OK" not in said, f"TL12: the TLS port answers plaintext with {said!r}")
    with world.smtp() as client:
        client.write(client_hello())
        replies = [reply.code for reply in client.rest()]
        expect(replies and replies[-1] == 0 and 220 not in replies, f"TL12: a ClientHello to the SMTP port: {replies}")
    with world.imap(sign_in=False) as client:
        client.write(client_hello() + b"\r\n")
        time.sleep(0.1)
    world.answers("the wrong port")


def read_to_end(link):
    said = b""
    try:
        while True:
            data = link.recv(4096)
            if not data:
                return said
            said += data
    except ConnectionResetError:
        return said
    except TimeoutError:
        raise AssertionError(f"the connection stays open; so far {said!r}") from None


def slow_and_silent(world, cases):
    """SP11, and handshakes that never come: they wait, nobody else does."""
    silent = [socket.create_connection(("127.0.0.1", world.ports[port])) for port in ("smtp", "imap", "imaps")
              for _ in range(20)]
    slow = []
    for number in range(10):
        client = world.smtp()
        client.hello()
        client.envelope("sender@example.org", [user])
        client.write(b"Subject: slow\r\nX-Id: slow-%d\r\n\r\nslow" % number)
        slow.append(client)
    appending = []
    for _ in range(10):
        client = world.imap()
        client.write(b"a APPEND INBOX {1000}\r\n")
        client.response()
        client.write(b"Subject: never whole\r\n")
        appending.append(client)
    trickle_ends = threading.Event()

    def trickle():
        while not trickle_ends.wait(0.02):
            for client in slow:
                client.write(b".")

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        for attempt in range(10):
            world.answers(f"slow and silent clients ({attempt})")
            began = time.monotonic()
            with world.imap() as client:
                client.good("NOOP")
            took = (time.monotonic() - began) * 1000
            expect(took < small(500, 5000), f"LOGIN and NOOP beside slow clients took {took:.0f} ms")
        began = time.monotonic()
        world.send(b"Subject: beside\r\nX-Id: beside\r\n\r\nbeside the slow\r\n")
        took = (time.monotonic() - began) * 1000
        cases.delivered.append("beside")
    finally:
        trickle_ends.set()
        thread.join()
    for number, client in enumerate(slow):
        client.write(true_end)
        equal(client.reply().code, 250, "a slow mail, when it ends at last")
        cases.delivered.append(f"slow-{number}")
        client.close()
    for one in [*silent, *appending]:
        one.close()
    world.answers("slow and silent clients")
    say(f"beside {len(silent)} silent and {len(slow) + len(appending)} slow clients a mail takes {took:.0f} ms")


def test(world):
    world.start()
    cases = Cases(world)
    false_ends(world, cases)
    ends_in_pieces(world, cases)
    starttls(world)
    slow_and_silent(world, cases)
    with world.imap() as client:
        client.select()
        bodies = [body for _, body in client.bodies().values()]
    ids = [re.search(rb"X-Id: ([^\r\n]*)", body) for body in bodies]
    names = sorted(found[1].decode() for found in ids if found)
    equal(names, sorted(cases.delivered), "the mails that are there")
    equal(len(bodies) - len(names), 0, "mails that are none of ours")
    expect(not any(b"smuggled@evil" in body.split(b"\r\n\r\n")[0] for body in bodies), "a smuggled mail was delivered")
    score(inputs=len(cases.sent), acknowledged=len(names))
    say(f"the mailbox holds exactly the {len(names)} mails that were accepted")


run(test)
