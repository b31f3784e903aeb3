"""Hostile sign-ins over real sockets, case by case (security.md 2.5): what SASL exchanges are answered that no honest client sends.
A client in the middle of its own sign-in is never touched by them, each failure is one line of the log, and after each case
somebody new is served at once and memory has not grown."""

import base64
import re
import subprocess

from _scram import Scram, plain
from _smtp import Smtp
from _world import equal, expect, password, program, run, say, small, user

malformed, failed = 501, 535


def session(world, port="submission"):
    client = Smtp(world.ports[port], timeout=20, greeting=port != "submissions")
    if port == "submissions":
        client.handshake()
        equal(client.reply().code, 220, "the greeting inside TLS")
    return client.hello()


def auth(*lines, wanted):
    """AUTH and what follows it, each line a bytes; the last reply is `wanted`, those before are challenges."""
    def play(world):
        with session(world) as client:
            for line in lines[:-1]:
                client.write(line + b"\r\n")
                equal(client.reply().code, 334, f"the answer to {line[:60]}")
            client.write(lines[-1] + b"\r\n")
            equal(client.reply().code, wanted, f"the answer to {lines[-1][:60]}")
            equal(client.command("NOOP").code, 250, "the session goes on")
    return play


def plain_with(message, wanted):
    return auth(b"AUTH PLAIN " + base64.b64encode(message), wanted=wanted)


def first_of_scram(first, wanted):
    return auth(b"AUTH SCRAM-SHA-256 " + base64.b64encode(first), wanted=wanted)


def last_of_scram(change, wanted=failed, mechanism="SCRAM-SHA-256", name=user, secret=password):
    """An exchange whose last message is `change`d: a function of the true one."""
    def play(world):
        with session(world) as client:
            scram = Scram(mechanism, name, secret)
            challenge = client.command(f"AUTH {mechanism} {plain(scram.first())}")
            equal(challenge.code, 334, "the server's first message")
            client.write(base64.b64encode(change(scram.last(base64.b64decode(challenge.text)))) + b"\r\n")
            equal(client.reply().code, wanted, "the answer to the last message")
    return play


def replaced(pattern, text):
    def change(message):
        changed = re.sub(pattern, text, message)
        expect(changed != message, f"{pattern} is not in {message}")
        return changed
    return change


def bound_wrongly(first, wanted):
    """Over TLS, where channel binding is offered."""
    def play(world):
        with session(world, "submissions") as client:
            expect(any("SCRAM-SHA-256-PLUS" in one for one in client.offers("AUTH")), "no channel binding is offered")
            mechanism = "SCRAM-SHA-256-PLUS" if first.startswith(b"p=") else "SCRAM-SHA-256"
            scram = Scram(mechanism, user, password)
            scram.header = scram.bound = first
            reply = client.command(f"AUTH {mechanism} {plain(scram.first())}")
            if reply.code == 334:
                client.write(base64.b64encode(scram.last(base64.b64decode(reply.text))) + b"\r\n")
                reply = client.reply()
            equal(reply.code, wanted, "the answer")
    return play


def server_first(world, name):
    with session(world) as client:
        scram = Scram("SCRAM-SHA-256", name, "wrong")
        challenge = base64.b64decode(client.command("AUTH SCRAM-SHA-256 " + plain(scram.first())).text)
        client.write(base64.b64encode(scram.last(challenge)) + b"\r\n")
        equal(client.reply().code, failed, f"a wrong proof of {name}")
        own = scram.bare.split(b"r=")[1]
        parts = dict(part.split(b"=", 1) for part in challenge.split(b","))
        expect(parts[b"r"].startswith(own), "the client's nonce begins the nonce")
        return parts[b"r"][len(own):], parts[b"s"], parts[b"i"]


def nobody_is_like_somebody(world):
    """AU03: the salt of a name that is not there stays the same, and all else looks alike; only the proof fails."""
    known, unknown = server_first(world, user), [server_first(world, "nobody@localhost") for _ in range(2)]
    other = server_first(world, "nobody.else@localhost")
    equal(unknown[0][1:], unknown[1][1:], "salt and iterations of nobody, twice")
    expect(other[1] != unknown[0][1], "all who are not there have one salt")
    equal([len(part) for part in known[:2]] + [known[2]], [len(part) for part in unknown[0][:2]] + [unknown[0][2]],
          "lengths and iterations, of somebody and of nobody")


def nonces(world):
    seen = set()
    count = small(300, 40)
    for _ in range(count):
        with session(world) as client:
            scram = Scram("SCRAM-SHA-1", user, password)
            challenge = base64.b64decode(client.command("AUTH SCRAM-SHA-1 " + plain(scram.first())).text)
            own = scram.bare.split(b"r=")[1]
            seen.add(re.search(rb"r=([^,]*)", challenge)[1][len(own):])
    equal(len(seen), count, "different nonces of the server")
    expect(min(map(len, seen)) >= 24, f"a nonce of {min(map(len, seen))} characters is less than 18 random octets")


def replayed(world):
    """The last message of an exchange that was good is worth nothing in the next one."""
    with session(world) as client:
        scram = Scram("SCRAM-SHA-256", user, password)
        challenge = client.command("AUTH SCRAM-SHA-256 " + plain(scram.first()))
        last = plain(scram.last(base64.b64decode(challenge.text)))
        equal(client.command(last).code, 334, "the server's last message")
        equal(client.command("").code, 235, "the end of a good exchange")
    with session(world) as client:
        equal(client.command("AUTH SCRAM-SHA-256 " + plain(scram.first())).code, 334, "the same first message again")
        equal(client.command(last).code, failed, "a proof of another exchange")


def too_long(world):
    with session(world) as client:
        try:
            client.write(b"AUTH PLAIN " + b"A" * (1 << 20) + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        equal(client.reply().code, 500, "a message of a megabyte")
    with session(world) as client:
        equal(client.command("AUTH PLAIN").code, 334, "AUTH PLAIN")
        try:
            client.write(b"A" * 10_000_000 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        equal(client.reply().code, 500, "a message of ten megabytes")


def aborted_for_ever(world):
    """AU06: each abort is an error, and errors have an end."""
    with session(world) as client:
        codes = []
        for _ in range(100):
            reply = client.command("AUTH PLAIN")
            if reply.code != 334:
                codes.append(reply.code)
                break
            codes.append(client.command("*").code)
        expect(codes[-1] in (421, 0) and len(codes) <= 21, f"a hundred aborted exchanges are answered {codes}")
        equal(set(codes[:-1]), {malformed}, "an abort (RFC 4954 4)")


def out_of_place(world):
    good = "AUTH PLAIN " + plain(f"\0{user}\0{password}".encode())
    with session(world) as client:
        equal(client.command(good).code, 235, "AUTH")
        equal(client.command(good).code, 503, "a second AUTH")
    with session(world) as client:
        equal(client.command(good).code, 235, "AUTH")
        equal(client.command(f"MAIL FROM:<{user}>").code, 250, "MAIL")
        equal(client.command(good).code, 503, "AUTH within a mail")
    with session(world) as client:
        equal(client.command("AUTH NTLM").code, 504, "an unknown mechanism")
        equal(client.command("AUTH").code, 501, "AUTH without one")
        equal(client.command("AUTH LOGIN").code, 334, "AUTH LOGIN")
        equal(client.command(plain(b"n" * 5000)).code, 334, "a name of 5000 octets")
        equal(client.command(plain(b"wrong")).code, failed, "the password of such a name")


names = ["%u@localhost", "${x}@localhost", "' OR 1=1--", "*)(uid=*", "../ada@localhost", "user\r\n* BYE\r\n", "\x1b[31mred@localhost",
         "ada@localhost ", " ada@localhost", "ada@localhost.", "ada", "@localhost", "ıda@localhost", "a" * 64_000]


def odd_names(world):
    """AU07: no name means anything but itself; each attempt is one line, in which nothing of it is raw."""
    for name in names:
        with world.imap(sign_in=False) as client:
            try:
                said = client.command("LOGIN {} {}", name.encode(), password.encode()).text
            except EOFError:
                said = "NO, and the end"
            expect(said.startswith(("NO", "BAD")), f"LOGIN of {name[:40]!r} is answered {said}")
        with session(world) as client:
            reply = client.command("AUTH PLAIN " + plain(f"\0{name}\0{password}".encode()))
            expect(reply.code in (failed, malformed, 500), f"AUTH of {name[:40]!r} is answered {reply}")
    with open(world.log, "rb") as log:
        for line in log.read().split(b"\n"):
            expect(not line or line.startswith(b"time=") and b"\x1b" not in line and b"\r" not in line, f"a raw line: {line[:200]}")
            expect(len(line) < 4096, f"a line of {len(line)} octets")


def changed_password(world):
    """AU11: what was right a moment ago, and is not now; wrong first, and right then."""
    def code(secret):
        with session(world) as client:
            return client.command("AUTH PLAIN " + plain(f"\0bob@localhost\0{secret}".encode())).code

    def given(*words, secret):
        subprocess.run([program, "account", *words, "bob@localhost", "--dir", world.data], input=secret + "\n", text=True,
                       capture_output=True, timeout=60, check=True)

    given("add", secret="the first one")
    equal([code("the first one"), code("the first one")], [235, 235], "the first password, and again")
    given("password", secret="the second one")
    equal([code("the first one"), code("the second one"), code("the first one")], [failed, 235, failed], "after it was changed")


def nul(count):
    return b"\0".join([b"x"] * (count + 1))


cases = {
    "AU03 SCRAM of nobody": nobody_is_like_somebody,
    "AU04 nonces": nonces,
    "AU04 a proof again": replayed,
    "AU04 another nonce": last_of_scram(replaced(rb"r=..", b"r=zz")),
    "AU04 the client's nonce only": last_of_scram(replaced(rb"(r=.{24})[^,]*", rb"\1")),
    "AU04 another binding": last_of_scram(replaced(rb"c=biws", b"c=eSws")),
    "AU04 a changed proof": last_of_scram(replaced(rb"p=..", b"p=zz")),
    "AU04 no proof": last_of_scram(replaced(rb",p=.*", b""), wanted=malformed),
    "AU04 an empty proof": last_of_scram(replaced(rb"p=.*", b"p=")),
    "AU04 a short proof": last_of_scram(replaced(rb"p=.*", b"p=AAAA")),
    "AU04 SHA-1's proof": last_of_scram(replaced(rb"p=.*", b"p=" + base64.b64encode(bytes(20)))),
    "AU04 an unescaped comma": first_of_scram(b"n,,n=a,b,r=abcdefghijkl", malformed),
    "AU04 an unescaped equals sign": first_of_scram(b"n,,n=a=b,r=abcdefghijkl", malformed),
    "AU04 a mandatory extension": first_of_scram(b"n,,m=x,n=ada,r=abcdefghijkl", malformed),
    "AU04 no nonce": first_of_scram(b"n,,n=ada", malformed),
    "AU04 an empty nonce": first_of_scram(b"n,,n=ada,r=", malformed),
    "AU04 no header": first_of_scram(b"n=ada,r=abcdefghijkl", malformed),
    "AU04 bound without PLUS": first_of_scram(b"p=tls-exporter,,n=ada,r=abcdefghijkl", malformed),
    "AU04 denies that PLUS was offered": bound_wrongly(b"y,,", failed),
    "AU04 tls-unique in TLS 1.3": bound_wrongly(b"p=tls-unique,,", malformed),
    "AU04 PLUS without a binding": bound_wrongly(b"p=tls-exporter,,", failed),
    "AU05 base64 without padding": auth(b"AUTH PLAIN AGFkYQBh", wanted=failed),
    "AU05 half a base64 group": auth(b"AUTH PLAIN AGFkYQB", wanted=malformed),
    "AU05 padding inside": auth(b"AUTH PLAIN AGF=YQBh", wanted=malformed),
    "AU05 a space": auth(b"AUTH PLAIN AGFk YQBh", wanted=malformed),
    "AU05 a star inside": auth(b"AUTH PLAIN", b"AGFk*QBh", wanted=malformed),
    "AU05 no NUL": plain_with(nul(0), malformed),
    "AU05 one NUL": plain_with(nul(1), malformed),
    "AU05 three NULs": plain_with(nul(3), malformed),
    "AU05 no name": plain_with(b"\0\0secret", malformed),
    "AU05 on behalf of another": plain_with(b"eve@localhost\0" + f"{user}\0{password}".encode(), failed),
    "AU05 a name that is no UTF-8": plain_with(b"\0a\xff\0secret", failed),
    "AU05 too long": too_long,
    "AU06 aborted": aborted_for_ever,
    "AU06 out of place": out_of_place,
    "AU07 names": odd_names,
    "AU11 a changed password": changed_password,
}


def test(world):
    world.start()
    with session(world) as other:
        equal(other.command("AUTH LOGIN").code, 334, "AUTH LOGIN of the other client")
        equal(other.command(plain(user.encode())).code, 334, "its name")
        world.withstands(cases)
        equal(other.command(plain(password.encode())).code, 235, "its password, after all that the others have done")
    say(f"{len(cases)} cases: each is answered, and an honest client in between has signed in")


run(test, seconds=small(120, 300))
