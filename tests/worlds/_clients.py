"""What the worlds with mail programs of others have in common: they are run and must succeed, and what the account holds
is read over a plain IMAP connection, to be compared with what the program has of it."""

import shutil
import subprocess

from _world import equal, expect, small, user

wait = small(60, 300)  # seconds for one run of a program; a slow machine needs them, a fast one does not


def needs(*programs):
    for program in programs:
        expect(shutil.which(program), f"this test needs {program}: ./dev deps")


def ran(words, what, codes=(0,), **more):
    """Runs a program to its end; returns what it wrote to its output. Other exit codes than these are a failure."""
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    done = subprocess.run(words, capture_output=True, check=False, timeout=wait, **more)
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    expect(done.returncode in codes, f"{what} ends with {done.returncode} and says:\n{said[-4000:]}")
    return done


def mail(subject, text="text", sender="grace@example.org"):
    lines = [f"From: {sender}", f"To: {user}", f"Subject: {subject}", f"Message-ID: <{subject.replace(' ', '-')}@example.org>"]
    lines += ["Date: Mon, 2 Mar 2026 10:00:00 +0000", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    lines += ["Content-Transfer-Encoding: 8bit", "", *text.split("\n"), ""]
    return "\r\n".join(lines).encode("utf-8")


def subject(message):
    header = message.replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
    found = [line[9:] for line in header.split(b"\n") if line.startswith(b"Subject: ")]
    equal(len(found), 1, f"fields Subject in {header!r}")
    return found[0].decode("utf-8")


def unix(message):
    return message.replace(b"\r\n", b"\n")


def no_difference(seen, wanted, what):
    """Like equal() of two lists, but a failure tells only what is in one of them."""
    more = [one for one in seen if one not in wanted]
    less = [one for one in wanted if one not in seen]
    expect(seen == wanted, f"{what}: {len(seen)} and {len(wanted)}; only seen: {more[:5]!r}, only wanted: {less[:5]!r}")


def utf8(client):
    """Names of mailboxes are UTF-8 from here on (RFC 6855)."""
    client.good("ENABLE UTF8=ACCEPT")
    return client


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mailboxes(client):
    """The names of all mailboxes that can be selected."""
    found = []
    for response in client.good('LIST "" *').untagged:
        attributes, _, name = response.text.partition(' "/" ')
        if attributes.startswith("* LIST (") and "\\Noselect" not in attributes and "\\NonExistent" not in attributes:
            found.append(name[1:-1] if name.startswith('"') else name)
    return sorted(found)


def account(world):
    """{mailbox: {UID: (flags, message)}} of the whole account."""
    with world.imap() as client:
        utf8(client)
        found = {}
        for name in mailboxes(client):
            exists, _, _ = client.select(quoted(name), "EXAMINE")
            found[name] = client.bodies() if exists else {}
            equal(len(found[name]), exists, f"messages in {name}, fetched and by EXISTS")
        return found
