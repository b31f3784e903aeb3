"""Hostile SMTP over real sockets, case by case (security.md 2.2, 2.3): what is answered, and after each case the three things
that must hold: somebody new is served at once, memory has not grown, and the mailbox holds exactly the mails that a case
was told were taken."""

import os
import re
import socket
import ssl
import time
import warnings

from _smtp import Smtp, unverified
from _world import equal, expect, run, say, small, user

hello = b"EHLO client.example.org\r\n"
mail_from = b"MAIL FROM:<a@example.org>\r\n"
rcpt = b"RCPT TO:<ada@localhost>\r\n"
closed = "closed"


def talk(client, *pieces):
    """Sends piece by piece, reading a reply after each; returns the codes, and `closed` when the server has ended it."""
    seen = []
    for piece in pieces:
        try:
            client.write(piece)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            return seen + ([] if closed in seen else [closed])
        reply = client.reply()
        seen.append(reply.code or closed)
        if not reply.code:
            return seen
    return seen


def case(*pieces, wanted, greeting=True):
    def play(world):
        with world.smtp(timeout=20, greeting=greeting) as client:
            equal(talk(client, *pieces), list(wanted), "the replies")
    return play


def header_of(content):
    """A mail with this header, in full; the code of its reply."""
    def play(client):
        for line in (hello, mail_from, rcpt):
            client.write(line)
            client.reply()
        client.write(b"DATA\r\n")
        equal(client.reply().code, 354, "DATA")
        try:
            client.write(content + b"\r\n.\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        return client.reply().code
    return play


def refused(make, *codes):
    """A mail that is refused, while the server does not work for it."""
    def play(world):
        before = world.ticks()
        with world.smtp(timeout=60) as client:
            code = header_of(make())(client)
        expect(code in codes, f"the reply is {code}, wanted one of {codes}")
        busy = (world.ticks() - before) * 1000 // os.sysconf("SC_CLK_TCK")
        expect(busy < small(1000, 20_000), f"it took {busy} ms of a processor")
    return play


def until_close(data, code):
    """`data` is sent whole, or as far as the server takes it; the first reply, and then the end."""
    def play(world):
        with world.smtp(timeout=20) as client:
            try:
                client.write(data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            equal(client.reply().code, code, "the first reply")
            equal(client.reply().code, 0, "what comes after it")
    return play


def early_talk(world):
    with socket.create_connection(("127.0.0.1", world.ports["smtp"]), timeout=10) as one:
        one.sendall(hello + b"QUIT\r\n")
        said = b""
        while more := one.recv(4096):
            said += more
    expect(said.endswith(b"554 5.5.0 Wait for the reply first\r\n"), f"a client that speaks first is told {said}")


def body_before_354(world):
    with world.smtp() as client:
        client.hello()
        client.write(mail_from + rcpt + b"DATA\r\nSubject: early\r\n\r\ntext\r\n.\r\n")
        equal([client.reply().code for _ in range(5)], [250, 250, 354, 554, 0], "the replies")


def many_recipients(world):
    with world.smtp(timeout=60) as client:
        talk(client, hello, mail_from)
        codes = [client.command(f"RCPT TO:<u{number}@localhost>").code for number in range(1001)]
        equal((set(codes[:1000]), codes[1000]), ({250}, 452), "1001 recipients")
        equal(client.command("NOOP").code, 250, "the session afterwards")


def errors_slow_down(world):
    with world.smtp(timeout=60) as client:
        client.hello()
        began = time.monotonic()
        codes = []
        for number in range(25):
            codes.append(client.command(f"RCPT TO:<bad{number}").code)
            if codes[-1] in (421, 0):
                break
        took = time.monotonic() - began
    expect(codes[-1] in (421, 0) and len(codes) <= 21, f"errors are answered {codes}")
    expect(took > 5, f"twenty errors in {took:.1f} s: nobody was slowed down")


def junk(world):
    with world.smtp(timeout=60) as client:
        client.hello()
        codes = [client.command("NOOP").code for _ in range(100)]
    expect(421 in codes, "a hundred NOOPs go on")


def tls_with(pieces, wanted):
    """STARTTLS, then the pieces inside TLS."""
    def play(world):
        with world.smtp(timeout=20) as client:
            equal(talk(client, *pieces), [250] * (len(pieces) - 1) + [220], "up to STARTTLS")
            client.socket = unverified().wrap_socket(client.socket)
            equal(talk(client, *(piece for piece, _ in wanted)), [code for _, code in wanted], "inside TLS")
    return play


def plain_text_to_tls(world):
    with socket.create_connection(("127.0.0.1", world.ports["submissions"]), timeout=10) as one:
        one.sendall(hello)
        said = b""
        try:
            while more := one.recv(4096):
                said += more
        except ConnectionResetError:
            pass
    expect(b"220" not in said and b"250" not in said, f"the TLS port answers plain text with {said}")


def old_tls(world):
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        context = unverified()
        warnings.simplefilter("ignore", DeprecationWarning)  # that they are old is the point
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", world.ports["submissions"]), timeout=10) as one:
            try:
                context.wrap_socket(one)
            except (ssl.SSLError, ConnectionResetError):
                continue
            raise AssertionError(f"{version} is spoken")


def nothing_is_resumed(world):
    """TL15, TL17: a session that no ticket leads back to takes no early data either."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = unverified()
        context.minimum_version = context.maximum_version = version
        session = None
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", world.ports["submissions"]), timeout=10) as one:
                with context.wrap_socket(one, session=session) as inside:
                    expect(inside.recv(4096).startswith(b"220 "), "no greeting inside TLS")
                    expect(not inside.session_reused, f"{version} is resumed")
                    expect(not inside.session.has_ticket, f"a ticket in {version}")
                    session = inside.session


def another_protocol(world):
    """TL14: who names another protocol than that of the port is turned away in the handshake."""
    ports = {"submissions": (["smtp"], ["h2", "imap"]), "imaps": (["imap"], ["http/1.1"]), "https": (["h2", "http/1.1"], ["imap"])}
    for port, (right, wrong) in ports.items():
        for offered in (right, right[-1:], [], wrong):
            context = unverified()
            if offered:
                context.set_alpn_protocols(offered)
            with socket.create_connection(("127.0.0.1", world.ports[port]), timeout=10) as one:
                try:
                    with context.wrap_socket(one) as inside:
                        equal(inside.selected_alpn_protocol(), offered[0] if offered else None, f"the protocol on {port}")
                        expect(offered is not wrong, f"{port} takes clients of {wrong}")
                except ssl.SSLError as why:
                    equal((offered, "no application protocol" in str(why).lower().replace("_", " ")), (wrong, True), f"{port}: {why}")


def no_files_are_touched(world):
    names = [b"<;id;@localhost>", b"<${run{id}}@localhost>", b"<|id@localhost>", b'<"/../../etc/passwd"@localhost>',
             b"<%s%n@localhost>", b"<../../x@localhost>", b"<`id`@localhost>", b"<$(id)@localhost>"]
    before = sorted(os.listdir(world.data))
    with world.smtp() as client:
        client.hello()
        client.command("MAIL FROM:<a@example.org>")
        for name in names:
            client.write(b"RCPT TO:" + name + b"\r\n")
            code = client.reply().code
            # localserve takes any local part that is one; none of them means anything.
            expect(code in (250, 501, 550, 553), f"{name} is answered {code}")
    equal(sorted(os.listdir(world.data)), before, "the files of the data directory")


cases = {
    "TL01 commands behind STARTTLS": case(hello, b"STARTTLS\r\nRSET\r\nMAIL FROM:<x@y>\r\n", b"", wanted=(250, 501, closed)),
    "TL02 a ClientHello behind STARTTLS": case(hello, b"STARTTLS\r\n\x16\x03\x01\x02\x00\x01", b"", wanted=(250, 501, closed)),
    "TL03 half a command before": tls_with([hello, b"STARTTLS\r\n"], [(b"HLO a\r\n", 500)]),
    "TL04 all is forgotten": tls_with([hello, mail_from, b"STARTTLS\r\n"], [(rcpt, 503), (mail_from, 503), (hello, 250)]),
    "TL05 STARTTLS inside TLS": tls_with([hello, b"STARTTLS\r\n"], [(hello, 250), (b"STARTTLS\r\n", 503)]),
    "TL05 STARTTLS with an argument": case(hello, b"STARTTLS now\r\n", wanted=(250, 501)),
    "TL12 plain text on a TLS port": plain_text_to_tls,
    "TL12 a ClientHello on a plain port": until_close(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(512), 500),
    "TL13 old versions": old_tls,
    "TL14 another protocol": another_protocol,
    "TL15 and TL17 resumption": nothing_is_resumed,
    "TL14 HTTP": until_close(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 500),
    "TL14 HTTP CONNECT": until_close(b"CONNECT localhost:25 HTTP/1.1\r\n\r\n", 500),
    "SP01 talks before the greeting": early_talk,
    "SP01 a body before 354": body_before_354,
    "SP02 a line that never ends": until_close(b"A" * (1 << 20), 500),
    "SP02 a long line": case(hello, b"NOOP " + b"x" * 5000 + b"\r\n", b"NOOP\r\n", wanted=(250, 500, 250)),
    "SP03 one field of 100 MB": refused(lambda: b"Subject: " + b"x" * 100_000_000 + b"\r\n\r\n", 552, 550),
    "SP03 500,000 fields": refused(lambda: b"To: a@b\r\n" * 500_000 + b"\r\n", 552, 550),
    "SP03 a million folds": refused(lambda: b"Subject: x\r\n" + b" y\r\n" * 1_000_000 + b"\r\n", 552, 550),
    "SP03 a name of a megabyte": refused(lambda: b"X" * (1 << 20) + b": y\r\n\r\n", 552, 550),
    "SP04 NUL in a command": case(hello, b"NOOP \0\r\n", b"", wanted=(250, 500, closed)),
    "SP04 NUL in a header": refused(lambda: b"Subject: a\0b\r\n\r\ntext\r\n", 550),
    "SP04 NUL in a body": refused(lambda: b"Subject: a\r\n\r\nte\0xt\r\n", 550),
    "SP05 8-bit addresses": case(hello, b"MAIL FROM:<\xc3\xa9@example.org>\r\n", wanted=(250, 553)),
    "SP05 bad UTF-8": case(hello, b"MAIL FROM:<\xc0\x80@example.org> SMTPUTF8\r\n", wanted=(250, 553)),
    "SP07 1001 recipients": many_recipients,
    "SP08 errors": errors_slow_down,
    "SP09 VRFY and EXPN": case(hello, b"VRFY ada\r\n", b"VRFY nobody\r\n", b"EXPN ada\r\n", wanted=(250, 252, 252, 502)),
    "SP10 junk": junk,
    "SP13 SIZE": case(hello, *(b"MAIL FROM:<a@b.org> SIZE=" + size + b"\r\n" for size in
                               (b"99999999999999999999", b"-1", b"0x10", b"1 SIZE=1")), wanted=(250, 501, 501, 501, 501)),
    "SP13 SIZE above the limit": case(hello, b"MAIL FROM:<a@b.org> SIZE=999999999999\r\n", wanted=(250, 552)),
    "SP15 paths": case(hello, mail_from, *(b"RCPT TO:" + path + b"\r\n" for path in
                                           (b"<" + b"l" * 65 + b"@localhost>", b"<a@" + b"d" * 256 + b">", b'<""@localhost>',
                                            b'<"a\\">', b"<a b@c>", b"<@>", b"<>", b"<a@b@c>", b"<a@b")),
                       wanted=(250, 250, 553, 553, 501, 501, 501, 501, 501, 501, 501)),
    "SP16 names": case(b"EHLO [IPv6:::::::]\r\n", b"EHLO a\tb\r\n", b"EHLO <script>\r\n", b"EHLO " + b"a" * 3000 + b"\r\n",
                       wanted=(501, 501, 501, 501)),
    "SP17 PROXY": until_close(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n", 500),
    "SP17 PROXY version 2": until_close(b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(12), 500),
    "SP17 XCLIENT": case(hello, b"XCLIENT ADDR=192.0.2.1\r\n", wanted=(250, 500)),
    "SP18 line ends in xtext": case(hello, b"MAIL FROM:<a@b.org> AUTH=a+0D+0ARCPT\r\n", wanted=(250, 555)),
    "SP19 shells and paths": no_files_are_touched,
}


def test(world):
    world.start()
    world.send(b"From: a@example.org\r\nSubject: one\r\n\r\ntext\r\n")
    world.withstands(cases)
    with world.imap() as imap:
        imap.select()
        bodies = [body for _, body in imap.bodies().values()]
    subjects = [re.search(rb"\r\nSubject: ([^\r]*)", body)[1] for body in bodies]
    equal(subjects, [b"one"], "the mails that are there")
    say(f"{len(cases)} cases: each is answered, costs little, and nothing is delivered that was refused")


run(test, seconds=small(120, 300))
