"""Errors on demand of localserve: by swaks and on the socket, in reception and in submission; a client that is left in
silence costs nothing when it goes, and does not hold up the end of the server."""

import base64
import json
import subprocess
import time

from _smtp import Smtp
from _world import equal, expect, password, run, say, until, user

message = b"From: ada@localhost\r\nSubject: provoked\r\n\r\ntext\r\n"


def codes(client, *lines):
    return [client.command(line).code for line in lines]


def on_the_socket(world):
    rows = [  # sender, recipient, the codes of MAIL, RCPT, DATA and the message
        ("s@example.org", "temperror@example.org", (250, 250, 354, 451)),
        ("s@example.org", "ada+permerror@localhost", (250, 250, 354, 550)),
        ("s@example.org", "452@localhost", (250, 250, 354, 452)),
        ("s@example.org", "rcptto-permerror@localhost", (250, 550, 554)),
        ("mailfrom-453@example.org", user, (453, 503, 503)),
        ("temperror@example.org", user, (250, 250, 354, 250)),
    ]
    for sender, to, wanted in rows:
        with world.smtp() as client:
            client.hello()
            seen = codes(client, f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA")
            if seen[-1] == 354:
                client.write(message + b".\r\n")
                seen.append(client.reply().code)
            equal(tuple(seen), wanted, f"{sender} to {to}")
    with world.imap() as client:
        equal(client.select()[0], 1, "mails that were delivered")
    with world.smtp() as client:
        client.hello()
        equal(codes(client, "MAIL FROM:<mailfrom-421@example.org>"), [421], "421")
        equal(client.reply().code, 0, "after 421 comes the end")
    say(f"{len(rows)} addresses: each error at its command; 421 closes")


def in_submission(world):
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        equal(codes(client, f"AUTH PLAIN {token}", f"MAIL FROM:<{user}>", "RCPT TO:<rcptto-451@example.org>"),
              [235, 250, 451], "submission with an error at RCPT")
        equal(codes(client, "RCPT TO:<permerror@example.org>", "DATA"), [250, 354], "submission with an error at the end")
        client.write(message + b".\r\n")
        equal(client.reply().text, "5.1.1 The address asked for this", "the last reply of a submission")


def with_swaks(world):
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{world.ports['smtp']}", "--to", "552@example.org", "--from", "s@example.org"],
        capture_output=True, text=True, check=False, timeout=60,
    )
    expect(done.returncode != 0, "swaks believes that a provoked error is success")
    expect("552 5.2.2 The address asked for this" in done.stdout, f"swaks says {done.stdout}")
    say("submission and swaks see them too")


def connections(world):
    code, output, _ = world.command("actors", "--dir", world.data, "--json")
    equal(code, 0, "actors --json")
    return sum(row["kind"] == "smtp_connection" for row in json.loads(output)["result"]["actors"])


def lateness(world):
    with world.smtp() as client:
        client.hello()
        began = time.monotonic()
        equal(codes(client, "MAIL FROM:<mailfrom-slow1s@example.org>", "RCPT TO:<rcptto-slow1s@example.org>"), [250, 250],
              "late answers")
        late = time.monotonic() - began
        expect(late >= 2, f"two answers that come a second late each came in {late:.1f} s")
    say(f"lateness: two answers in {late:.1f} s")


def greylisting(world):
    """As a mail program meets it: turned away, tried again in a new connection, taken."""
    send = ["swaks", "--server", f"127.0.0.1:{world.ports['smtp']}", "--to", "ada+greylist@localhost", "--from", "s@example.org"]
    said = [subprocess.run(send, capture_output=True, text=True, check=False, timeout=60) for _ in range(3)]
    equal([done.returncode == 0 for done in said], [False, True, False], "three attempts of swaks")
    expect("450 4.7.1 Greylisted, try again" in said[0].stdout, f"swaks says {said[0].stdout}")
    say("greylisting: the first attempt is turned away, the second taken, and the next mail is a first one again")


def silence(world):
    with world.smtp(timeout=2) as client:
        client.hello()
        equal(codes(client, "MAIL FROM:<s@example.org>"), [250], "MAIL")
        client.write(b"RCPT TO:<rcptto-timeout@example.org>\r\nNOOP\r\n")
        try:
            raise AssertionError(f"silence is answered: {client.reply()}")
        except TimeoutError:
            pass
        equal(connections(world), 1, "connections while a client waits in silence")
    until(lambda: connections(world) == 0, 5, "the end of a client that gave up")
    client = world.smtp()
    client.hello()
    equal(client.envelope("s@example.org", ["timeout@example.org"]).code, 354, "DATA")
    client.write(message + b".\r\nQUIT\r\n")
    time.sleep(0.3)
    took = world.stop()
    expect(took < 10, f"the server needed {took:.1f} s to end while a client waits in silence")
    equal(client.reply().code, 421, "what such a client hears when the server ends")
    client.close()
    say(f"silence: nothing in 2 s, gone with its client, and the server ends in {took:.1f} s")


def test(world):
    world.start()
    on_the_socket(world)
    in_submission(world)
    with_swaks(world)
    lateness(world)
    greylisting(world)
    silence(world)


run(test)
