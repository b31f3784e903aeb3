"""fetchmail carries mails from the account to a program that delivers them: in clear, with STARTTLS and over IMAPS, keeping
and deleting, from other mailboxes, and in IDLE. What is delivered is what was stored, octet for octet."""

import os
import signal
import subprocess

from _clients import account, mail, needs, no_difference, ran, subject, unix, utf8, wait
from _world import end_with_parent, equal, expect, password, run, say, small, until, user

configuration = """
set invisible
set no bouncemail
poll 127.0.0.1 service {port} protocol IMAP
  user "{user}" password "{password}" is "{local}" here
  {more}
  no rewrite
  mda "{deliver}"
"""
in_clear, starttls, over_tls = 'sslproto ""', 'sslproto "tls1.2+" no sslcertck', "ssl no sslcertck"
nothing_new = 1  # fetchmail's exit code


class Fetchmail:
    """A folder with its configuration, what it remembers, and a file for each mail that it delivered."""

    def __init__(self, world, name, port, more):
        self.home = os.path.join(world.home, name)
        self.delivered = os.path.join(self.home, "delivered")
        os.makedirs(self.delivered)
        os.chmod(self.home, 0o700)
        script = self.write("deliver", f'file=$(mktemp "{self.home}/XXXXXXXX") && cat >"$file" && mv "$file" "{self.delivered}"\n')
        self.config = self.write("fetchmailrc", configuration.format(
            port=world.ports[port], user=user, password=password, local=os.environ.get("USER", "root"), more=more,
            deliver=f"sh {script}"))
        self.words = ["fetchmail", "--fetchmailrc", self.config, "--nosyslog", "--nodetach", "--daemon", "0"]
        self.environment = {**os.environ, "FETCHMAILHOME": self.home, "HOME": self.home, "LC_ALL": "C"}

    def write(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w", encoding="ascii", opener=lambda file, flags: os.open(file, flags, 0o600)) as file:
            file.write(text)
        return path

    def fetch(self, code=0):
        return ran(self.words, f"fetchmail with {self.config}", (code,), env=self.environment)

    def mails(self):
        found = []
        for name in os.listdir(self.delivered):
            with open(os.path.join(self.delivered, name), "rb") as file:
                found.append(file.read())
        return sorted(found)


def stored(world, mailbox="INBOX"):
    return sorted(unix(text) for _, text in account(world)[mailbox].values())


def fill(client):
    for number in range(20):
        client.append(mail(f"number {number}", f"gr\u00fc\u00dfe {number}"), flags=r"(\Seen)" if number % 2 else "")
    client.append(mail("dots and more", "From here\n.\n..\n\n>From there\n\t \n" + "long " * 199 + "\n" * 50))
    client.append(mail("large", "\n".join(f"line {number} of many" for number in range(small(100000, 20000)))))
    client.append(mail("of 2024"), "work/2024")


def flags_of(world, mailbox="INBOX"):
    return [flags for flags, _ in account(world)[mailbox].values()]


def keeps(world, client):
    """In clear, with STARTTLS and over TLS: all mails come, none goes; then only what is unseen."""
    wanted = stored(world)
    equal(len(wanted), 22, "mails in INBOX")
    for name, port, security in (("clear", "imap", in_clear), ("starttls", "imap", starttls), ("tls", "imaps", over_tls)):
        program = Fetchmail(world, name, port, f"{security} keep fetchall")
        program.fetch()
        no_difference(program.mails(), wanted, f"all mails by fetchmail, {name}")
        no_difference(stored(world), wanted, f"what is kept, {name}")
    equal(set(flags_of(world)), {frozenset({r"\Seen"})}, "flags of what was fetched and kept")

    program = Fetchmail(world, "unseen", "imaps", f"{over_tls} keep")
    program.fetch(nothing_new)
    client.append(mail("one more"))
    program.fetch()
    no_difference(program.mails(), [unix(mail("one more"))], "what was unseen")
    program.fetch(nothing_new)
    say("fetchmail: 22 mails in clear, with STARTTLS and over TLS, kept; then what is new")


def deletes(world, client):
    """What was delivered is gone from its mailbox, and nothing else; a mail that could not be delivered stays."""
    wanted = stored(world)
    of_2024 = stored(world, "work/2024")
    program = Fetchmail(world, "refused", "imaps", f"{over_tls} fetchall no keep")
    program.write("deliver", "cat >/dev/null; exit 75\n")
    program.fetch()
    no_difference(stored(world), wanted, "what could not be delivered stays")

    program = Fetchmail(world, "gone", "imaps", f"{over_tls} fetchall no keep expunge 5")
    program.fetch()
    no_difference(program.mails(), wanted, "all mails, to be deleted")
    equal(stored(world), [], "mails that are left in INBOX")
    no_difference(stored(world, "work/2024"), of_2024, "mails in another mailbox")
    program = Fetchmail(world, "folder", "imap", f'{in_clear} fetchall no keep folder "work/2024"')
    program.fetch()
    no_difference(program.mails(), of_2024, "the mails of work/2024")
    equal(stored(world, "work/2024"), [], "mails that are left in work/2024")
    equal(client.select()[0], 0, "mails by EXISTS")
    say("fetchmail: what is delivered is deleted, from INBOX and from work/2024; what is refused stays")


def idles(world):
    """One connection: what comes while it waits in IDLE is delivered at once."""
    program = Fetchmail(world, "idle", "imaps", f"{over_tls} fetchall no keep idle")
    log = os.path.join(program.home, "log")
    with open(log, "wb") as out, subprocess.Popen(program.words, env=program.environment, stdin=subprocess.DEVNULL,
                                                  stdout=out, stderr=out, preexec_fn=end_with_parent) as process:
        try:
            with world.imap() as client:
                for number in range(1, 6):
                    client.append(mail(f"while it waits {number}"))
                    until(lambda: len(program.mails()) == number, wait, f"mail {number} in IDLE")
                    until(lambda: client.select()[0] == 0, wait, f"mail {number} is deleted")
            equal(process.poll(), None, "fetchmail still waits")
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(wait)
    equal([subject(text) for text in program.mails()], [f"while it waits {one}" for one in range(1, 6)], "what came")
    say("fetchmail: five mails in IDLE, each delivered and deleted while it waits")


def test(world):
    needs("fetchmail")
    world.start()
    with utf8(world.imap()) as client:
        client.good("CREATE work/2024")
        fill(client)
        keeps(world, client)
        deletes(world, client)
    idles(world)


run(test, seconds=small(200, 400))
