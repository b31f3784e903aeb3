"""OfflineIMAP keeps a tree of Maildirs and the account the same, both ways: new mails, flags, deletions, moves and new
mailboxes, over IMAPS and over IMAP in clear; a run with nothing to do changes nothing on either side."""

import hashlib
import os
import re
import ssl

from _clients import account, mail, needs, no_difference, ran, subject, unix, utf8
from _maildir import Maildir
from _world import equal, expect, password, run, say, small, user

configuration = """
[general]
metadata = {home}/offlineimap
accounts = ada
maxsyncaccounts = 1
ui = basic
fsync = false

[Account ada]
localrepository = near
remoterepository = far
utf8foldernames = yes

[Repository near]
type = Maildir
localfolders = {maildir}
sep = /
sync_deletes = yes

[Repository far]
type = IMAP
remotehost = 127.0.0.1
remoteport = {port}
remoteuser = {user}
remotepass = {password}
auth_mechanisms = PLAIN
{security}
maxconnections = 2
"""
in_clear = "ssl = no\nstarttls = no"
over_tls = "ssl = yes\nssl_version = tls1_2\ncert_fingerprint = {fingerprint}"


class Offlineimap:
    def __init__(self, world):
        self.world = world
        self.maildir = Maildir(os.path.join(world.home, "maildir"))
        self.config = os.path.join(world.home, "offlineimaprc")

    def sync(self, port="imap", security=in_clear):
        """Returns what it did, by its own words. A line with ERROR is a failure, whatever its exit code."""
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(configuration.format(home=self.world.home, maildir=self.maildir.path, port=self.world.ports[port],
                                            user=user, password=password, security=security))
        done = ran(["offlineimap", "-c", self.config, "-o"], "offlineimap", env={**os.environ, "HOME": self.world.home})
        said = (done.stdout + done.stderr).decode("utf-8")
        expect("ERROR" not in said, f"offlineimap says {said}")
        return re.findall(r"^(?:Cop|Creat|Delet|Add|Remov|Mov|Chang).*$", said, re.MULTILINE)

    def same(self, when):
        """The proof: mailboxes, and subject, flags and octets of each mail, are what the account has."""
        no_difference(near(self.maildir), far(self.world), f"mailboxes and mails {when}")


def near(maildir):
    return sorted((name, sorted((subject(one.text), sorted(one.flags), unix(one.text)) for one in maildir.entries(name)))
                  for name in maildir.folders())


def far(world):
    return sorted((name, sorted((subject(text), sorted(flags), unix(text)) for flags, text in mails.values()))
                  for name, mails in account(world).items())


def where(world, wanted):
    """The mailboxes that hold a mail with this subject, and its flags there."""
    return {name: set(flags) for name, mails in far(world) for text, flags, _ in mails if text == wanted}


def change_near(maildir):
    mails = {subject(one.text): one for one in maildir.entries("INBOX")}
    maildir.put("INBOX", unix(mail("put near", "gr\u00fc\u00dfe\n\n.\n..\nFrom here\n")))
    maildir.put("Drafts", unix(mail("draft near")), "DFS")
    maildir.flag(mails["number 0"], "FS")
    maildir.flag(mails["number 1"], "")
    maildir.delete(mails["number 2"])
    maildir.move(mails["number 3"], "work/2024")
    for name in ("here", "here/made"):  # it wants a folder for each level
        maildir.make(name)
    maildir.put("here/made", unix(mail("in what is new near")), "RS")


def change_far(client):
    client.append(mail("appended far"), "INBOX", r"(\Answered)")
    client.good("CREATE far")
    client.good('CREATE "Gr\u00fc\u00dfe & more"')
    client.append(mail("in what is new far"), '"Gr\u00fc\u00dfe & more"', r"(\Seen \Flagged)")
    client.select("INBOX")
    client.good(r"UID STORE 11 +FLAGS (\Flagged \Draft)")
    client.good(r"UID STORE 12 -FLAGS (\Seen)")
    client.good(r"UID STORE 13,15:16 +FLAGS (\Deleted)")
    client.good("EXPUNGE")
    client.good("UID MOVE 17 far")
    client.good("UID COPY 18 far")
    client.good(r"UID STORE 1 +FLAGS (\Answered)")  # near, the same mail becomes \Flagged and \Seen


def test(world):
    needs("offlineimap")
    world.start()
    with utf8(world.imap()) as client:
        for number in range(20):
            client.append(mail(f"number {number}"), flags=r"(\Seen)" if number % 2 else "")
        client.good("CREATE work/2024")
        client.append(mail("of 2024"), "work/2024", r"(\Flagged)")
        program = Offlineimap(world)
        copies = [line for line in program.sync() if line.startswith("Copy")]
        equal(len(copies), 21, "copies in the first run, by its own words")
        program.same("after the first run")
        say("offlineimap: 8 mailboxes and 21 mails come")

        change_near(program.maildir)
        change_far(client)
        program.sync()
        program.same("after changes on both sides")
        for wanted, places in (
            ("number 0", {"INBOX": {r"\Flagged", r"\Seen", r"\Answered"}}),
            ("number 1", {"INBOX": set()}),
            ("number 2", {}),
            ("number 3", {"work/2024": {r"\Seen"}}),
            ("number 10", {"INBOX": {r"\Flagged", r"\Draft"}}),
            ("number 12", {}),
            ("number 16", {"far": set()}),
            ("number 17", {"INBOX": {r"\Seen"}, "far": {r"\Seen"}}),
            ("draft near", {"Drafts": {r"\Draft", r"\Flagged", r"\Seen"}}),
            ("in what is new near", {"here/made": {r"\Answered", r"\Seen"}}),
            ("in what is new far", {"Gr\u00fc\u00dfe & more": {r"\Seen", r"\Flagged"}}),
        ):
            equal(where(world, wanted), places, f"where {wanted!r} is, and its flags")
        say("offlineimap: new mails, flags, deletions, moves and new mailboxes go both ways")

        before = account(world)
        certificate = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", world.ports["imaps"])))
        secured = over_tls.format(fingerprint=hashlib.sha256(certificate).hexdigest())
        for port, security in (("imap", in_clear), ("imaps", secured)):
            equal(program.sync(port, security), [], f"what a run with nothing to do does on {port}")
            equal(account(world), before, f"the account after a run with nothing to do on {port}")
            program.same("after a run with nothing to do")
        client.append(mail("over TLS"))
        program.sync("imaps", secured)
        program.same("over TLS")
        say("offlineimap: a run with nothing to do does nothing, in clear and over TLS")


run(test, seconds=small(200, 400))
