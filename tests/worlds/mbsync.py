"""mbsync (isync) keeps a Maildir and an account the same, both ways: messages and flags, and mailboxes that are made and
deleted on either side. What it says of itself at the end of a run that has nothing to do is the proof."""

import os
import re
import subprocess

from _world import equal, expect, password, run, say, small, user

configuration = """
IMAPAccount here
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs PLAIN

IMAPStore far
Account here

MaildirStore near
Path {maildir}/
Inbox {maildir}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
CopyArrivalDate yes
"""


def mail(number):
    return f"From: a@example.org\r\nTo: {user}\r\nSubject: number {number}\r\n\r\ntext {number}\r\n".encode()


def without_mark(text):
    """mbsync marks what it copies, to find it again."""
    return re.sub(rb"X-TUID: [^\r\n]*\r?\n", b"", text)


class Maildir:
    def __init__(self, world):
        self.path = os.path.join(world.home, "maildir")
        self.config = os.path.join(world.home, "mbsyncrc")
        os.mkdir(self.path)
        with open(self.config, "w", encoding="ascii") as file:
            file.write(configuration.format(port=world.ports["imap"], user=user, password=password, maildir=self.path))

    def sync(self):
        done = subprocess.run(["mbsync", "--config", self.config, "--all"], capture_output=True, text=True, timeout=120,
                              check=False)
        equal((done.returncode, done.stderr), (0, ""), f"mbsync, which says {done.stdout}")

    def files(self, name):
        """{text: flags} of the mails in a folder."""
        found = {}
        for kind in ("cur", "new"):
            folder = os.path.join(self.path, name, kind)
            for file in os.listdir(folder):
                with open(os.path.join(folder, file), "rb") as mail_file:
                    found[without_mark(mail_file.read())] = file.partition(":2,")[2]
        return found

    def folders(self):
        return sorted(os.path.relpath(path, self.path) for path, below, _ in os.walk(self.path) if "cur" in below)

    def make(self, name):
        for kind in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.path, name, kind))

    def put(self, name, text):
        with open(os.path.join(self.path, name, "new", f"1700000000.{len(os.listdir(self.path))}_{hash(text)}.here"), "wb") as out:
            out.write(text)


def unix(text):
    return text.replace(b"\r\n", b"\n")


def test(world):
    world.start()
    with world.imap() as client:
        for number in range(20):
            client.append(mail(number), flags=r"(\Seen)" if number % 2 else "")
        client.good("CREATE work/2024")
        client.append(mail(30), "work/2024", r"(\Flagged)")
        near = Maildir(world)
        near.sync()
        equal(near.folders(), sorted(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash", "work", "work/2024"]),
              "folders after the first run")
        equal(len(near.files("INBOX")), 20, "mails in INBOX")
        equal(near.files("work/2024"), {unix(mail(30)): "F"}, "the mail in work/2024")
        say("mbsync: 20 mails and 8 mailboxes come")

        near.make("here/made")
        near.put("here/made", unix(mail(40)))
        near.put("INBOX", unix(mail(41)))
        client.good("CREATE far")
        client.append(mail(42), "far")
        client.select()
        client.good(r"UID STORE 1 +FLAGS (\Seen \Answered)")
        client.good(r"UID STORE 2 +FLAGS (\Deleted)")
        client.good("EXPUNGE")
        near.sync()
        equal(near.files("far"), {unix(mail(42)): ""}, "the mail of a mailbox that was made far")
        equal(client.select("here/made")[0], 1, "the mail of a folder that was made near")
        equal(without_mark(list(client.bodies().values())[0][1]), mail(40), "its text")
        equal(near.files("INBOX")[unix(mail(0))], "RS", "flags that were set far")
        expect(unix(mail(1)) not in near.files("INBOX"), "what was expunged far is gone near")
        equal(client.select()[0], 20, "mails in INBOX, one more and one less")
        say("mbsync: mailboxes, mails and flags go both ways")

        # mbsync removes a mailbox on one side when it is gone on the other, and empty.
        client.select("far")
        client.good(r"STORE 1:* +FLAGS.SILENT (\Deleted)")
        client.good("CLOSE")
        near.sync()
        client.good("DELETE far")
        near.sync()
        expect("far" not in near.folders(), f"far is deleted near too: {near.folders()}")

        near.sync()
        with world.imap() as other:
            before = [other.select(name) for name in ("INBOX", "here/made", "work/2024")]
            near.sync()
            equal([other.select(name) for name in ("INBOX", "here/made", "work/2024")], before, "a run with nothing to do")
        say("mbsync: a mailbox that was deleted is deleted; then there is nothing to do")


run(test, seconds=small(60, 240))
