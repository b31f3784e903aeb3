"""Submission with real clients: swaks, msmtp, curl and smtplib sign in and send, in clear, with STARTTLS and over TLS;
SCRAM over SMTP and IMAP with a client of its own; who may not is told so, and logged. BDAT and UTF-8 addresses on the
socket."""

import base64
import os
import shutil
import smtplib
import subprocess

from _scram import Scram, end_point, plain
from _smtp import Smtp, unverified
from _world import equal, expect, password, program, run, say, until, user

mail = b"From: ada@localhost\r\nTo: grace@example.org\r\nSubject: %s\r\n\r\nHello\r\n"


def messages(world):
    """Subject -> message, of all mails."""
    with world.imap() as client:
        client.select()
        found = {}
        for _, message in client.bodies().values():
            subject = [line[9:] for line in message.split(b"\r\n") if line.startswith(b"Subject: ")]
            found[subject[0].decode("ascii")] = message
        return found


def field(message, name):
    header = message.split(b"\r\n\r\n", 1)[0].replace(b"\r\n\t", b" ").decode("utf-8")
    found = [line[len(name) + 2 :] for line in header.split("\r\n") if line.lower().startswith(name.lower() + ": ")]
    equal(len(found), 1, f"fields {name} in {header!r}")
    return found[0]


def client_program(words, what, wanted=0, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, **more)
    equal(done.returncode == 0, wanted == 0, f"{what}, which says:\n{done.stdout}{done.stderr}\nsuccess is")
    return done.stdout + done.stderr


def with_swaks(world):
    sent = []
    for mechanism in ("PLAIN", "LOGIN"):
        for port, more in (("submission", []), ("submission", ["--tls"]), ("submissions", ["--tlsc"])):
            subject = f"swaks {mechanism} {port}{' '.join(more)}"
            client_program(
                ["swaks", "--server", f"127.0.0.1:{world.ports[port]}", "--helo", "client.example.org", *more]
                + ["--auth", mechanism, "--auth-user", user, "--auth-password", password]
                + ["--from", user, "--to", "grace@example.org", "--h-Subject", subject],
                subject,
            )
            sent.append(subject)
    said = client_program(
        ["swaks", "--server", f"127.0.0.1:{world.ports['submission']}", "--auth", "PLAIN", "--auth-user", user]
        + ["--auth-password", "wrong", "--from", user, "--to", user],
        "swaks with a wrong password", 1,
    )
    expect("535 5.7.8" in said, f"swaks with a wrong password says {said}")
    return sent


def with_msmtp(world):
    sent = []
    ways = [("plain", "on", "submission"), ("scram-sha-256", "on", "submission"), ("scram-sha-1", "on", "submission")]
    ways += [("plain", "off", "submissions"), ("scram-sha-256", "off", "submissions"), ("login", "off", "submissions")]
    for mechanism, starttls, port in ways:
        subject = f"msmtp {mechanism} {port}"
        client_program(
            ["msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={world.ports[port]}", "--tls=on"]
            + [f"--tls-starttls={starttls}", "--tls-certcheck=off", f"--auth={mechanism}", f"--user={user}"]
            + [f"--passwordeval=echo {password}", f"--from={user}", "grace@example.org"],
            subject, input=(mail % subject.encode()).decode().replace("\r\n", "\n"),
        )
        sent.append(subject)
    said = client_program(
        ["msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={world.ports['submissions']}", "--tls=on"]
        + ["--tls-starttls=off", "--tls-certcheck=off", "--auth=scram-sha-256", f"--user={user}"]
        + ["--passwordeval=echo wrong", f"--from={user}", user],
        "msmtp with a wrong password", 1, input="Subject: none\n\nnone\n",
    )
    expect("authentication failed" in said, f"msmtp with a wrong password says {said}")
    return sent


def with_curl(world):
    sent = []
    for scheme, port, more in (
        ("smtp", "submission", []),
        ("smtp", "submission", ["--ssl-reqd"]),
        ("smtps", "submissions", []),
        ("smtps", "submissions", ["--login-options", "AUTH=LOGIN"]),
    ):
        subject = f"curl {scheme} {' '.join(more)}"
        file = os.path.join(world.home, "curl.eml")
        with open(file, "wb") as out:
            out.write(mail % subject.encode())
        client_program(
            ["curl", "-sS", "-k", "-u", f"{user}:{password}", *more, "--mail-from", user]
            + ["--mail-rcpt", "grace@example.org", "-T", file, f"{scheme}://127.0.0.1:{world.ports[port]}/client.example"],
            subject,
        )
        sent.append(subject)
    return sent


def with_smtplib(world):
    sent = []
    in_clear = smtplib.SMTP("127.0.0.1", world.ports["submission"])
    secured = smtplib.SMTP("127.0.0.1", world.ports["submission"])
    secured.starttls(context=unverified())
    tls = smtplib.SMTP_SSL("127.0.0.1", world.ports["submissions"], context=unverified())
    for name, client in (("in clear", in_clear), ("with STARTTLS", secured), ("over TLS", tls)):
        client.login(user, password)
        subject = f"smtplib {name}"
        client.sendmail(user, ["grace@example.org", "bob@example.org"], mail % subject.encode())
        client.quit()
        sent.append(subject)
    return sent


def what_was_added(world, sent):
    found = messages(world)
    for subject in sent:
        expect(subject in found, f"the mail {subject!r} did not come: {sorted(found)}")
        message = found[subject]
        received = field(message, "Received")
        tls = "TLSv1" in received
        with_name = "ESMTPSA" if tls else "ESMTPA"
        expect(f" with {with_name} " in received, f"{subject}: {received}")
        expect("127.0.0.1" not in received, f"{subject} tells where its writer sits: {received}")
        expect("client.example" not in received, f"{subject} tells what its writer's machine is called: {received}")
        equal(field(message, "Return-Path"), f"<{user}>", f"Return-Path of {subject}")
        expect(field(message, "Date"), f"no Date in {subject}")
        expect(field(message, "Message-ID").endswith(">"), f"no Message-ID in {subject}")
    say(f"{len(sent)} mails: each has Return-Path, Received with ESMTPA or ESMTPSA, one Date, one Message-ID")


def wide(world):
    """What mail programs here do not speak, written by hand, and UTF-8 by smtplib."""
    octets = b"Subject: binary\r\n\r\n\0\n\r.\r\n\xff and no line end"
    with Smtp(world.ports["smtp"]) as client:
        client.hello()
        for name in ("CHUNKING", "BINARYMIME", "SMTPUTF8", "LIMITS"):
            expect(client.offers(name), f"{name} is not in {client.offered}")
        client.write(b"MAIL FROM:<sender@example.org> BODY=BINARYMIME\r\nRCPT TO:<ada@localhost>\r\n")
        for at in range(0, len(octets), 7):  # all in one stream, without waiting (RFC 3030 4.2)
            chunk = octets[at : at + 7]
            client.write(b"BDAT %d\r\n%s" % (len(chunk), chunk))
        client.write(b"BDAT 0 LAST\r\n")
        replies = [client.reply().code for _ in range(2 + len(range(0, len(octets), 7)) + 1)]
        expect(set(replies) == {250}, f"the replies to BDAT: {replies}")
    client = smtplib.SMTP("127.0.0.1", world.ports["smtp"])
    client.ehlo()
    client.sendmail("gr\u00fc\u00dfe@b\u00fccher.example", ["\u00e4da@b\u00fccher.example"],
                    "Subject: utf-8\r\n\r\nGr\u00fc\u00dfe\r\n".encode("utf-8"), mail_options=["SMTPUTF8"])
    client.quit()
    found = messages(world)
    expect(found["binary"].endswith(octets), f"the binary mail came as {found['binary']!r}")
    equal(field(found["utf-8"], "Delivered-To"), "\u00e4da@xn--bcher-kva.example", "Delivered-To")
    equal(field(found["utf-8"], "Return-Path"), "<gr\u00fc\u00dfe@xn--bcher-kva.example>", "Return-Path")
    expect(" with UTF8SMTP " in field(found["utf-8"], "Received"), "no UTF8SMTP")
    say("BDAT of any octets in one stream, UTF-8 addresses by smtplib: as they were sent")


def scram_over_smtp(world, mechanism, secret, bind):
    """The last reply of a whole AUTH."""
    client = Smtp(world.ports["submissions"], greeting=False)
    with client:
        client.handshake()
        equal(client.reply().code, 220, "the greeting")
        client.hello()
        expect(mechanism in client.offers("AUTH")[0].split(), f"{mechanism} is not in {client.offered}")
        exchange = Scram(mechanism, user, secret, end_point(client.socket) if bind else None)
        first = client.command(f"AUTH {mechanism} {plain(exchange.first())}")
        equal(first.code, 334, f"the answer to the first message ({first.text})")
        second = client.command(plain(exchange.last(base64.b64decode(first.text))))
        if second.code != 334:
            return second
        expect(exchange.is_server(base64.b64decode(second.text)), "the server does not know the password")
        return client.command("")


def scram_over_imap(world, mechanism, secret, bind, initial):
    with world.imap(tls=True, sign_in=False) as client:
        exchange = Scram(mechanism, user, secret, end_point(client.socket) if bind else None)

        def say_line(text):
            client.write(text.encode("ascii") + b"\r\n")
            return client.response().text

        if initial:
            first = say_line(f"a AUTHENTICATE {mechanism} {plain(exchange.first())}")
        else:
            equal(say_line(f"a AUTHENTICATE {mechanism}").strip(), "+", "the first challenge")
            first = say_line(plain(exchange.first()))
        expect(first.startswith("+ "), f"the answer to the first message is {first!r}")
        second = say_line(plain(exchange.last(base64.b64decode(first[2:]))))
        if not second.startswith("+ "):
            return second
        expect(exchange.is_server(base64.b64decode(second[2:])), "the server does not know the password")
        answer = say_line("")
        client.write(b"b SELECT INBOX\r\n")
        expect("FLAGS" in client.response().text, "SELECT after SCRAM")
        return answer


def scram(world, secret):
    for mechanism in ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"):
        bind = mechanism.endswith("PLUS")
        equal(scram_over_smtp(world, mechanism, secret, bind).code, 235, f"SMTP AUTH {mechanism}")
        equal(scram_over_smtp(world, mechanism, "wrong", bind).code, 535, f"{mechanism} with a wrong password")
        for initial in (True, False):
            answer = scram_over_imap(world, mechanism, secret, bind, initial)
            expect(answer.startswith("a OK "), f"AUTHENTICATE {mechanism} is answered {answer!r}")
        answer = scram_over_imap(world, mechanism, "wrong", bind, True)
        expect("AUTHENTICATIONFAILED" in answer, f"AUTHENTICATE {mechanism} with a wrong password: {answer!r}")
    say("SCRAM-SHA-256 and SCRAM-SHA-1, each with and without -PLUS, over SMTP and IMAP")


def who_may_not(world):
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        equal(client.command("MAIL FROM:<ada@localhost>").text, "5.7.0 Sign in first", "MAIL before AUTH")
        equal(client.command("AUTH CRAM-MD5").code, 504, "AUTH CRAM-MD5")
    done = subprocess.run([program, "account", "add", "bob@localhost", "--dir", world.data], input="bobs password\n",
                          capture_output=True, text=True, check=False, timeout=60)
    equal(done.returncode, 0, f"account add, which says {done.stderr}")
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        token = plain(b"\0bob@localhost\0bobs password")
        equal(client.command(f"AUTH PLAIN {token}").code, 235, "AUTH of bob")
        for sender, code in (("ada@localhost", 550), ("bob@example.org", 550), ("bob@localhost", 250)):
            equal(client.command(f"MAIL FROM:<{sender}>").code, code, f"MAIL of bob as {sender}")
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        for _ in range(3):
            equal(client.command(f"AUTH PLAIN {plain(bytes(1) + b'eve' + bytes(1) + b'guess')}").code, 535, "AUTH of eve")
        equal(client.reply().code, 421, "after three failures")
    with world.imap(sign_in=False) as client:
        client.command("LOGIN eve guess")

    def lines():
        with open(world.log, encoding="utf-8") as log:
            return [line for line in log if "failed authentication attempt" in line and "username=eve" in line]

    until(lambda: len(lines()) == 4, 10, "four lines of failed attempts")
    forms = {line.split("event=", 1)[1].split(" remote=")[0] for line in lines()}
    equal(len(forms), 1, f"forms of the line: {forms}")
    expect(all("remote=127.0.0.1" in line for line in lines()), f"no remote: {lines()}")
    say("530, 504, foreign senders, three failures; SMTP and IMAP log one line of one form")


def after_a_change(world):
    done = subprocess.run([program, "account", "password", user, "--dir", world.data], input="another one\n",
                          capture_output=True, text=True, check=False, timeout=60)
    equal(done.returncode, 0, f"account password, which says {done.stderr}")
    equal(scram_over_smtp(world, "SCRAM-SHA-256", password, False).code, 535, "SCRAM with the old password")
    scram(world, "another one")
    with world.imap(sign_in=False) as client:
        expect(not client.command(f"LOGIN {user} {password}").ok, "LOGIN with the old password")
        expect(client.command(f'LOGIN {user} "another one"').ok, "LOGIN with the new password")
    say("a new password counts for Argon2id and SCRAM at once")


def test(world):
    for needed in ("swaks", "msmtp", "curl"):
        expect(shutil.which(needed), f"this test needs {needed}")
    world.start()
    sent = with_swaks(world) + with_msmtp(world) + with_curl(world) + with_smtplib(world)
    what_was_added(world, sent)
    wide(world)
    scram(world, password)
    who_may_not(world)
    world.kill()
    world.start()
    after_a_change(world)


run(test, seconds=120)
