"""The first mail: swaks to the SMTP port, an IDLE client that sees it, curl and imaplib that fetch it, plain and TLS, and
the same mails after kill -9."""

import imaplib
import os
import shutil
import subprocess
import time

from _smtp import unverified
from _world import equal, expect, password, run, say, small, user

subject = "the first mail"
# Lines that begin with dots, one that is a dot, 8-bit text, an empty line at the end: each must come back as it was sent.
body = "A line\r\n.\r\n..two dots\r\n.hidden\r\nGr\u00fc\u00dfe, \u6f22\u5b57, \U0001f4ee\r\nFrom the start of a line\r\n\r\n"
sent = (
    f"From: sender@example.org\r\nTo: {user}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
    f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}"
).encode("utf-8")


def swaks(world, *more):
    file = os.path.join(world.home, "mail.eml")
    with open(file, "wb") as out:
        out.write(sent.removesuffix(b"\r\n").replace(b"\r\n", b"\n"))  # swaks makes CRLF of it and ends the last line
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{world.ports['smtp']}", "--from", "sender@example.org", "--to", user]
        + ["--helo", "client.example.org", "--data", f"@{file}", *more],
        capture_output=True, text=True, check=False, timeout=30,
    )
    equal(done.returncode, 0, f"swaks, which says:\n{done.stdout}{done.stderr}\nand ends with")
    return done.stdout


def curl(world, scheme, *more):
    port = world.ports["imaps" if scheme == "imaps" else "imap"]
    done = subprocess.run(
        ["curl", "-sS", "-k", "-u", f"{user}:{password}", *more, f"{scheme}://127.0.0.1:{port}/INBOX;MAILINDEX=1"],
        capture_output=True, check=False, timeout=30,
    )
    equal(done.returncode, 0, f"curl, which says {done.stderr!r} and ends with")
    return done.stdout


def is_it(message, how):
    expect(message.endswith(sent), f"{how}: the message ends otherwise than it was sent: {message[-len(sent):]!r}")
    before = message[: -len(sent)]
    expect(b"\r\n\r\n" not in before, f"{how}: what the server put before the message is no header: {before!r}")
    expect(b"Received:" in before, f"{how}: no Received field")


def one_mail_in_idle(world):
    with world.imap() as watcher:
        count, validity, next_uid = watcher.select()
        equal(count, 0, "messages in a new account")
        watcher.idle()
        began = time.monotonic()
        world.send(sent)
        accepted = time.monotonic()
        watcher.wait_exists(1, small(2, 20))
        seen = time.monotonic()
        say(f"250 after {(accepted - began) * 1000:.1f} ms, EXISTS {max(0, seen - accepted) * 1000:.1f} ms after the 250")
        watcher.done()
        is_it(watcher.bodies()[next_uid][1], "own client")
    return validity, next_uid


def with_swaks(world):
    with world.imap() as watcher:
        count = watcher.select()[0]
        watcher.idle()
        for more in ([], ["--tls"], ["--pipeline"]):
            said = swaks(world, *more)
            if "--tls" in more:
                expect("TLS started" in said, f"swaks began no TLS: {said}")
            count += 1
            watcher.wait_exists(count, small(2, 20))
        watcher.done()
        for uid, (_, message) in watcher.bodies().items():
            is_it(message, f"UID {uid} of swaks")
    say("swaks in clear, with STARTTLS and with PIPELINING: each in IDLE, each as it was sent")
    return count


def two_at_once(world, count):
    """Row 47: both appear without a third event."""
    with world.imap() as watcher, world.smtp() as first, world.smtp() as second:
        watcher.select()
        for attempt in range(10):
            watcher.idle()
            for client in (first, second):
                if attempt == 0:
                    client.hello()
                equal(client.envelope("sender@example.org", [user]).code, 354, "DATA")
            for client in (first, second):
                client.write(b"Subject: one of two\r\n\r\nat once\r\n.\r\n")
            for client in (first, second):
                equal(client.reply().code, 250, "one of two")
            count += 2
            watcher.wait_exists(count, small(2, 20))
            watcher.done()
    say("ten times two deliveries at once: IDLE tells of both")
    return count


def fetch_everywhere(world):
    is_it(curl(world, "imap"), "curl in clear")
    is_it(curl(world, "imap", "--ssl-reqd"), "curl with STARTTLS")
    is_it(curl(world, "imaps"), "curl over TLS")
    plain = imaplib.IMAP4("127.0.0.1", world.ports["imap"])
    secured = imaplib.IMAP4("127.0.0.1", world.ports["imap"])
    secured.starttls(unverified())
    tls = imaplib.IMAP4_SSL("127.0.0.1", world.ports["imaps"], ssl_context=unverified())
    for name, client in (("in clear", plain), ("with STARTTLS", secured), ("over TLS", tls)):
        client.login(user, password)
        client.select("INBOX", readonly=True)
        is_it(client.fetch("1", "(BODY.PEEK[])")[1][0][1], f"imaplib {name}")
        text = client.fetch("1", "(BODY.PEEK[TEXT])")[1][0][1]
        equal(text, body.encode("utf-8"), f"the body text by imaplib {name}")
        client.logout()
    say("curl and imaplib, each in clear, with STARTTLS and over TLS: byte for byte")


def after_a_kill(world, validity, count):
    with world.imap() as client:
        client.select()
        before = client.bodies()
    equal(len(before), count, "messages before the kill")
    world.kill()
    took = world.start()
    with world.imap() as client:
        exists, validity_now, next_uid = client.select()
        equal((exists, validity_now), (count, validity), "EXISTS and UIDVALIDITY after kill -9")
        equal(client.bodies(), before, "the messages after kill -9")
        expect(next_uid > max(before), "UIDNEXT went back")
    say(f"kill -9 and ready again in {took * 1000:.0f} ms: all {count} messages are there")


def test(world):
    for program in ("swaks", "curl"):
        expect(shutil.which(program), f"this test needs {program}")
    took = world.start()
    say(f"ready in {took * 1000:.0f} ms on {world.ports}")
    validity, _ = one_mail_in_idle(world)
    count = with_swaks(world)
    count = two_at_once(world, count)
    fetch_everywhere(world)
    after_a_kill(world, validity, count)


run(test)
