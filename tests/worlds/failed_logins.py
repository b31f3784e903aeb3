"""Failed logins are limited by network, for SMTP and IMAP and every mechanism together, and each is one line of one form, which
fail2ban finds with our filter. Connections are limited by network."""

import re
import socket
import subprocess

from _clients import needs
from _scram import plain
from _smtp import Smtp
from _world import equal, expect, password, run, say, until, user

per_minute = 10
per_network = 30
bob = "bob@localhost"
filter_file = "packaging/fail2ban/filter.d/stagecoach.conf"


def by_imap(world, name, secret):
    with world.imap(sign_in=False) as client:
        return client.command(f'LOGIN "{name}" "{secret}"').text


def by_smtp(world, name, secret):
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        return client.command("AUTH PLAIN " + plain(f"\0{name}\0{secret}".encode())).code


def limited(world):
    wrong = 0
    for name in (user, "nobody@example.org", r"eve\" remote=203.0.113.9 \"@x remote=203.0.113.9 "):
        expect("[AUTHENTICATIONFAILED]" in by_imap(world, name, "wrong"), "IMAP LOGIN with a wrong password")
        equal(by_smtp(world, name, "wrong"), 535, "AUTH PLAIN with a wrong password")
        wrong += 2
    with Smtp(world.ports["submission"]) as client:
        client.hello()
        for _ in range(2):
            equal(client.command("AUTH LOGIN").code, 334, "AUTH LOGIN")
            client.command(plain(user.encode()))
            equal(client.command(plain(b"wrong")).code, 535, "a wrong password")
            wrong += 1
    equal(by_smtp(world, user, password), 235, "a right password below the limit")
    while wrong < per_minute:
        equal(by_smtp(world, user, "wrong"), 535, "a wrong password")
        wrong += 1
    equal(by_smtp(world, bob, "secret"), 454, "a right password beyond the limit")
    answer = by_imap(world, bob, "secret")
    expect(answer.startswith("NO ") and "AUTHENTICATIONFAILED" not in answer, f"IMAP beyond the limit says {answer}")
    equal(by_smtp(world, user, password), 235, "who has signed in there before is not locked out by others")
    world.send(b"From: a@example.org\r\n\r\nmail comes in all the same\r\n")
    say(f"{wrong} failures within a minute, then 454 and NO, also for the right password, but not for who was there before")
    return wrong


def found_by_fail2ban(world, wrong):
    with open(world.log, encoding="utf-8") as log:
        lines = [line for line in log if "authentication attempt" in line]
    equal(len(lines), wrong, "lines of failed logins")
    form = re.compile(r'^time=\S+Z level=info event="failed authentication attempt" username=(\S+|"(\\.|[^"])+") remote=127\.0\.0\.1 ')
    for line in lines:
        expect(form.match(line), f"a line of another form: {line}")
    done = subprocess.run(["fail2ban-regex", "-o", "ip", world.log, filter_file], capture_output=True, text=True, check=False,
                          timeout=60)
    equal(done.stdout.split(), ["127.0.0.1"] * wrong, f"what fail2ban-regex finds ({done.stderr})")
    say(f"fail2ban finds all {wrong} of them with {filter_file}, and nothing else")


def greeting(world):
    with socket.create_connection(("127.0.0.1", world.ports["smtp"]), timeout=5) as one:
        return one.recv(100)


def connections(world):
    clients = [world.smtp() for _ in range(per_network)]
    said = greeting(world)
    expect(said.startswith(b"421 4.7.0 "), f"connection {per_network + 1} is told {said}")
    while clients:
        clients.pop().close()
    until(lambda: greeting(world).startswith(b"220 "), 5, "somebody is let in when the others have gone")
    say(f"{per_network} connections of one address, the next is told 421")


def test(world):
    needs("fail2ban-regex")
    world.start("--limits", "--account", "bob:secret")
    wrong = limited(world)
    found_by_fail2ban(world, wrong)
    connections(world)


run(test)
