"""Hostile IMAP over real sockets, case by case (security.md 2.2, 2.6), and hostile messages that are fetched and searched
(2.7): what is answered, and after each case somebody new is served at once and memory has not grown."""

import os
import socket

from _smtp import unverified
from _world import equal, expect, password, run, say, small, user

login = b'a LOGIN "%s" "%s"\r\n' % (user.encode(), password.encode())
select = b"b SELECT INBOX\r\n"
closed = b""


class Raw:
    """A connection on which any bytes can be sent."""

    def __init__(self, world, *lines):
        self.socket = socket.create_connection(("127.0.0.1", world.ports["imap"]), timeout=20)
        self.buffer = b""
        self.line()
        for line in lines:
            self.send(line)
            self.until(line.split(b" ", 1)[0])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def line(self):
        """One line without CRLF; b"" when the server has ended it."""
        while b"\r\n" not in self.buffer:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return b""
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def until(self, tag):
        """The lines up to the one with this tag, to BYE, to a `+` or to the end."""
        lines = []
        while True:
            lines.append(self.line())
            if not lines[-1] or lines[-1].startswith((tag + b" ", b"* BYE", b"+")):
                return lines


def answer(data, *wanted, before=()):
    """`data` on a connection; its last line begins with one of `wanted`, or with `closed` there is none."""
    def play(world):
        with Raw(world, *before) as client:
            client.send(data)
            last = client.until(data.split(b" ", 1)[0])[-1]
            is_wanted = last.startswith(tuple(one for one in wanted if one)) if last else closed in wanted
            expect(is_wanted, f"the answer is {last[:200]}")
    return play


def signed_in(data, *wanted):
    return answer(data, *wanted, before=(login, select))


def no_second_command(data):
    """What stands in a string is no command: nobody is logged out, no tag of it is answered."""
    def play(world):
        with Raw(world, login) as client:
            client.send(data + b"z NOOP\r\n")
            lines = []
            while (line := client.line()) and not line.startswith(b"z "):
                lines.append(line)
            said = b"\n".join(lines)
            expect(b"evil " not in said and b"Logging out" not in said, f"it is answered {said[:300]}")
    return play


def injected_behind_starttls(world):
    with Raw(world) as client:
        client.send(b'a STARTTLS\r\nevil LOGIN "%s" "%s"\r\n' % (user.encode(), password.encode()))
        said = b"\n".join(client.until(b"evil"))
        expect(b"evil OK" not in said and b"a OK" not in said, f"it is answered {said}")


def forgotten_in_tls(world):
    with Raw(world) as client:
        client.send(b"a STARTTLS\r\n")
        expect(client.line().startswith(b"a OK"), "STARTTLS")
        client.socket = unverified().wrap_socket(client.socket)
        client.send(b"b CAPABILITY\r\n")
        said = b"\n".join(client.until(b"b"))
        expect(b"b OK" in said and b"STARTTLS" not in said, f"inside TLS CAPABILITY is {said}")


def names(world):
    """A name is a name: it comes back as it was, or is refused, and touches no file."""
    before = sorted(os.listdir(world.data))
    hostile = ["../../x", "~/x", "/etc", "INBOX/../x", "x/", "a%", "a*", "&-", "&", "&AA", "&2AA-", "&AGE-", "n" * 10_000,
               "/".join("l" * 1000), "a//b", "e\u0301 \u00e9", "\u202eabc", "%s%n", "$(id)"]
    made = 0
    with world.imap() as imap:
        for name in hostile:
            quoted = name.replace("\\", "\\\\").replace('"', '\\"')
            answered = imap.command("CREATE {}", quoted.encode("utf-8", "surrogatepass"))
            expect(answered.text.startswith(("OK", "NO", "BAD")), f"CREATE {name[:40]!r} is answered {answered}")
            made += answered.ok
        listed = imap.good('LIST "" "*"')
        expect(len(listed.untagged) >= made, "a mailbox that was made is not listed")
    equal(sorted(os.listdir(world.data)), before, "the files of the data directory")


def injected_responses(world):
    """Headers that look like responses come as literals and encoded; one FETCH is one response."""
    hostile = (b'From: "a\\" )\\r\\n* BYE" <a@b.c>\r\nTo: =?utf-8?q?=0D=0A*_BYE_x?= <d@e.f>\r\n'
               b"Subject: =?utf-8?b?DQoqIEJZRSBldmlsDQo=?=) {3}\r\nMessage-ID: <\")\\ {5}@x>\r\n"
               b'Content-Type: text/plain; name="a)\\" * BYE"\r\n\r\n* BYE\r\nt OK\r\n')
    world.send(hostile)
    with world.imap() as imap:
        count, _, _ = imap.select()
        items = imap.good(f"FETCH {count} (UID FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[])")
        equal(len(items.untagged), 1, "responses to one FETCH")
        expect(items.fetched()[0][1]["BODY[]"].endswith(hostile), "the message is another one")


def nested(depth):
    head, tail = b"From: a@b.c\r\n", b""
    for level in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        tail = b"\r\n--b%d--\r\n" % level + tail
    return head + b"\r\ninnermost\r\n" + tail


messages = {
    "MI01 10,000 levels": nested(10_000),
    "MI01 messages in messages": b"Content-Type: message/rfc822\r\n\r\n" * 4000 + b"Subject: x\r\n\r\ninnermost\r\n",
    "MI01 100,000 siblings": b'Content-Type: multipart/mixed; boundary=b\r\n\r\n' + b"--b\r\n\r\n\r\n" * 100_000 + b"--b--\r\n",
    "MI01 boundaries that begin each other": b'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'
        b'Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nx\r\n--bbb\r\n--bb--\r\n--b--\r\n',
    "MI01 a boundary of 5,000": b'Content-Type: multipart/mixed; boundary="' + b"x" * 5000 + b'"\r\n\r\n--' + b"x" * 5000 +
        b"\r\n\r\ny\r\n",
    "MI02 continuations": b"Content-Type: text/plain;\r\n" + b"".join(b" name*%d*=%%41;\r\n" % i for i in range(1500)) +
        b" x=y\r\n\r\ntext\r\n",
    "MI03 encoded words": b"Subject: " + b"=?utf-8?q?=41?=\r\n " * 1900 + b"\r\n\r\ntext\r\n",
    "MI03 UTF-7 and others": b"Subject: =?utf-7?q?+ADw-?= =?../../x?q?a?= =?iso-2022-jp?b?GyRC?=\r\n\r\ntext\r\n",
    "MI04 encodings": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64, 7bit\r\nContent-Type: text/html\r\n\r\n" +
        b"QUJD=REVG" * 1000 + b"\r\n",
    "MI05 charsets": b'Content-Type: text/plain; charset="../../../etc/passwd"\r\n\r\n\xff\xfe\xfd\r\n',
    "MI13 dates and ids": b"Date: Mon, 99 Jan 99999 99:99:99 +9999\r\nMessage-ID: <" + b"m" * 100_000 + b"@x>\r\nReferences: " +
        b"<r@x>\r\n " * 10_000 + b"\r\n\r\ntext\r\n",
}


def message(content):
    def play(world):
        before = world.ticks()
        world.send(content)
        with world.imap(timeout=60) as imap:
            count, _, _ = imap.select()
            for command in (f"FETCH {count} (ENVELOPE BODYSTRUCTURE)", f"FETCH {count} BODY.PEEK[1]", f"FETCH {count} RFC822.SIZE",
                            f'SEARCH {count} TEXT "innermost"', f'SEARCH {count} SUBJECT "a" FROM "b" SENTSINCE 1-Jan-2020'):
                imap.good(command)
        busy = (world.ticks() - before) * 1000 // os.sysconf("SC_CLK_TCK")
        expect(busy < small(1500, 30_000), f"it took {busy} ms of a processor")
    return play


cases = {
    "TL07 commands behind STARTTLS": injected_behind_starttls,
    "TL07 forgotten in TLS": forgotten_in_tls,
    "IM01 a literal of 4 GB": answer(b"a LOGIN {4294967295+}\r\n", b"a BAD", b"a NO", b"* BYE"),
    "IM01 above 32 bits": answer(b"a LOGIN {4294967296}\r\n", b"a BAD", b"a NO", b"* BYE"),
    "IM01 above 64 bits": answer(b"a LOGIN {18446744073709551616+}\r\n", b"a BAD", b"* BYE"),
    "IM01 negative": answer(b"a LOGIN {-1}\r\n", b"a BAD", b"* BYE"),
    "IM01 hexadecimal": answer(b"a LOGIN {0x10}\r\n", b"a BAD", b"* BYE"),
    "IM01 a space behind": answer(b"a LOGIN {1+} \r\n", b"a BAD", b"* BYE"),
    "IM01 100 MB before login": answer(b"a LOGIN {100000000}\r\n", b"a BAD", b"a NO", b"* BYE"),
    "IM01 a line that never ends": answer(b"a " + b"A" * (1 << 20), b"* BYE", b"a BAD", closed),
    "IM02 10,000 literals": signed_in(b"a SEARCH" + b" SUBJECT {1+}\r\nx" * 10_000 + b"\r\n", b"a BAD", b"a NO", b"* BYE"),
    "IM02 parentheses": signed_in(b"a SEARCH " + b"(" * 100_000 + b"\r\n", b"a BAD", b"* BYE", closed),
    "IM02 OR OR OR": signed_in(b"a SEARCH " + b"OR " * 10_000 + b"ALL\r\n", b"a BAD", b"* BYE", closed),
    "IM02 NOT NOT NOT": signed_in(b"a SEARCH " + b"NOT " * 10_000 + b"ALL\r\n", b"a BAD", b"* BYE", closed),
    "IM02 a deep part": signed_in(b"a FETCH 1 (BODY[" + b"1." * 10_000 + b"1])\r\n", b"a BAD", b"a OK", b"a NO", b"* BYE", closed),
    "IM03 200 GB declared": signed_in(b"a APPEND INBOX {214748364800}\r\n", b"a NO", b"a BAD"),
    "IM04 a line end in a string": no_second_command(b'c CREATE "x\r\nevil LOGOUT\r\n"\r\n'),
    "IM04 NUL in a string": signed_in(b'a CREATE "x\0y"\r\n', b"a BAD", b"a NO", b"* BYE"),
    "IM04 a bad escape": signed_in(b'a CREATE "x\\y"\r\n', b"a BAD", b"a NO"),
    "IM05 a literal that holds a command": no_second_command(b"c CREATE {18+}\r\nevil LOGOUT\r\nabcde\r\n"),
    "IM06 names": names,
    "IM07 patterns": signed_in(b'a LIST "" "' + b"*%" * 200 + b'"\r\n', b"a OK", b"a NO", b"a BAD"),
    "IM08 sets": signed_in(b"a FETCH " + b",".join([b"1:4294967295"] * 600) + b" FLAGS\r\n", b"a OK", b"a BAD"),
    "IM08 stars": signed_in(b"a FETCH *:* FLAGS\r\n", b"a OK", b"a BAD"),
    "IM08 zero": signed_in(b"a FETCH 0 FLAGS\r\n", b"a BAD"),
    "IM08 above 32 bits": signed_in(b"a FETCH 4294967296 FLAGS\r\n", b"a BAD"),
    "IM08 reversed": signed_in(b"a FETCH *:1 FLAGS\r\n", b"a OK"),
    "IM09 responses": injected_responses,
    "IM12 a long needle": signed_in(b"a SEARCH BODY {60000+}\r\n" + b"n" * 60_000 + b"\r\n", b"a OK", b"a NO", b"a BAD"),
    "IM14 ID": signed_in(b"a ID (" + b'"k" "v" ' * 1000 + b'"k" "v")\r\n', b"a BAD", b"a OK", b"a NO"),
    "IM14 ENABLE": signed_in(b"a ENABLE " + b"X " * 1000 + b"Y\r\n", b"a OK", b"a BAD"),
    "IM15 AUTHENTICATE after login": signed_in(b"a AUTHENTICATE PLAIN\r\n", b"a BAD", b"a NO"),
    "IM15 SELECT before login": answer(b"a SELECT INBOX\r\n", b"a BAD", b"a NO", b"* BYE"),
    "IM15 UNAUTHENTICATE": signed_in(b"a UNAUTHENTICATE\r\n", b"a BAD"),
    "IM15 no tag": answer(b" NOOP\r\n", b"* BAD", b"* BYE", closed),
    "IM15 a tag of +": answer(b"+ NOOP\r\n", b"* BAD", b"* BYE", closed),
    "IM15 NUL": answer(b"a\0 NOOP\r\n", b"* BAD", b"* BYE", closed),
    **{name: message(content) for name, content in messages.items()},
}


def test(world):
    world.start()
    world.send(b"From: a@example.org\r\nSubject: one\r\n\r\ntext\r\n")
    world.withstands(cases)
    say(f"{len(cases)} cases: each is answered and costs little")


run(test, seconds=small(120, 300))
