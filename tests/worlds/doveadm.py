"""Dovecot's doveadm as a client of the account (imapc): each of its commands for mails and mailboxes, and dsync, which
copies the whole account into a store of Dovecot's and keeps the two the same both ways."""

import json
import os

from _clients import account, mail, mailboxes, needs, no_difference, ran, subject, unix, utf8
from _world import equal, expect, password, run, say, small, user

configuration = """
base_dir = {home}/run
state_dir = {home}/state
log_path = /dev/stderr
stats_writer_socket_path =
ssl = no
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
mail_home = {home}
mail_location = {location}
imapc_host = 127.0.0.1
imapc_port = {port}
imapc_user = {user}
imapc_password = {password}
imapc_features = rfc822.size fetch-headers search
mailbox_list_index = no
namespace inbox {{
  inbox = yes
  separator = /
}}
"""
nobody = 65534  # doveadm reads no mail as root
first = ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"]


class Doveadm:
    """doveadm with one place for mails: imapc: is the account, anything else a store of its own."""

    def __init__(self, world, name, location):
        self.home = os.path.join(world.home, name)
        self.config = os.path.join(world.home, f"{name}.conf")
        os.mkdir(self.home)
        uid, gid = (os.geteuid(), os.getegid()) if os.geteuid() else (nobody, nobody)
        os.chown(self.home, uid, gid)
        os.chmod(world.home, 0o711)
        with open(self.config, "w", encoding="ascii") as file:
            file.write(configuration.format(home=self.home, uid=uid, gid=gid, location=location, user=user,
                                            password=password, port=world.ports["imap"]))

    def __call__(self, *words, codes=(0,), **more):
        """Runs a command; returns its exit code and its output. Complaints of a good end are a failure."""
        environment = {**os.environ, "USER": user, "HOME": self.home}
        done = ran(["doveadm", "-c", self.config, *words], f"doveadm {' '.join(words)}", codes, env=environment,
                   cwd=self.home, **more)
        complaints = [line for line in done.stderr.decode().splitlines() if ": Info: " not in line]
        if done.returncode == 0:
            equal(complaints, [], f"what doveadm {words} complains of")
        return done.returncode, done.stdout.decode("utf-8")

    def lines(self, *words, **more):
        return self(*words, **more)[1].splitlines()

    def mails(self, *search):
        r"""[(mailbox, UID, flags without \Recent, text with LF)] of what a search finds."""
        rows = json.loads(self("-f", "json", "fetch", "mailbox uid flags text", *search)[1])
        return sorted((row["mailbox"], int(row["uid"]), frozenset(row["flags"].split()) - {r"\Recent"},
                       unix(row["text"].encode("utf-8"))) for row in rows)


def served(world):
    """The account in the form of Doveadm.mails."""
    return sorted((name, uid, flags, unix(text)) for name, mails in account(world).items()
                  for uid, (flags, text) in mails.items())


def subjects(mails):
    return [(name, subject(text)) for name, _, _, text in mails]


def mails_one_by_one(world, far):
    """save, search, fetch, flags, copy, move, expunge."""
    with world.imap() as client:
        for number in range(1, 21):
            client.append(mail(f"number {number}", f"gr\u00fc\u00dfe {number}\n"), flags=r"(\Seen)" if number % 2 else "")
    far("save", "-m", "INBOX", input=unix(mail("saved", 'a \\ and a "\n\n.\n..\n')))
    no_difference(far.mails("all"), served(world), "all mails as doveadm fetches them, by UID, flags and text")
    for words, wanted in (
        (["subject", "number 1"], [1, *range(10, 20)]),
        (["unseen"], [*range(2, 21, 2), 21]),
        (["seen", "not", "subject", "1"], [3, 5, 7, 9]),
        (["body", "gr\u00fc\u00dfe 20"], [20]),
        (["header", "message-id", "<number-7@example.org>"], [7]),
        (["(", "uid", "3:4", "or", "from", "nobody", ")"], [3, 4]),
        (["larger", "1M"], []),
    ):
        found = [int(line.split()[1]) for line in far.lines("search", "mailbox", "INBOX", *words)]
        equal(found, wanted, f"doveadm search {words}")
    say("doveadm: save, fetch and search")

    far("flags", "add", r"\Flagged important", "mailbox", "INBOX", "uid", "1:4")
    far("flags", "remove", r"\Flagged", "mailbox", "INBOX", "uid", "2")
    far("flags", "replace", r"\Answered", "mailbox", "INBOX", "uid", "3")
    wanted = [{r"\Seen", r"\Flagged", "important"}, {"important"}, {r"\Answered"}, {r"\Flagged", "important"}]
    equal([account(world)["INBOX"][uid][0] for uid in range(1, 5)], wanted, "flags that were added, removed, replaced")
    far("copy", "Archive", "mailbox", "INBOX", "uid", "1:2")
    far("move", "Trash", "mailbox", "INBOX", "uid", "2:3")
    far("expunge", "mailbox", "INBOX", "uid", "5:10")
    seen = account(world)
    equal(sorted(seen["INBOX"]), [1, 4, *range(11, 22)], "UIDs in INBOX after move and expunge")
    for name, numbers in (("Archive", (1, 2)), ("Trash", (2, 3))):
        equal([subject(text) for _, text in seen[name].values()], [f"number {one}" for one in numbers], f"mails in {name}")
    equal([flags for flags, _ in seen["Trash"].values()], wanted[1:3], "flags of what was moved")
    say("doveadm: flags, copy, move and expunge")


def mailboxes_one_by_one(world, far):
    def names():
        with world.imap() as client:
            return mailboxes(utf8(client))

    far("mailbox", "create", "work/2024", "Gr\u00fc\u00dfe & more")
    equal(names(), sorted(first + ["Gr\u00fc\u00dfe & more", "work", "work/2024"]), "mailboxes after create")
    far("save", "-m", "work/2024", input=unix(mail("of 2024")))
    far("mailbox", "rename", "work/2024", "work/old")
    equal(sorted(far.lines("mailbox", "list")), names(), "mailboxes as doveadm lists them")
    equal(subjects(far.mails("mailbox", "work/old")), [("work/old", "of 2024")], "the mail in what was renamed")
    with world.imap() as client:
        _, uid_validity, uid_next = client.select("INBOX")
    equal(far.lines("mailbox", "status", "messages unseen uidnext uidvalidity", "INBOX"),
          [f"INBOX messages=13 uidnext={uid_next} uidvalidity={uid_validity} unseen=7"], "mailbox status")
    far("mailbox", "subscribe", "work/old")
    expect("work/old" in far.lines("mailbox", "list", "-s"), "a mailbox that was subscribed")
    far("mailbox", "unsubscribe", "work/old")
    expect("work/old" not in far.lines("mailbox", "list", "-s"), "a mailbox that was unsubscribed")
    far("mailbox", "delete", "work/old")
    expect("work/old" not in names(), "a mailbox that was deleted")
    code, _ = far("mailbox", "delete", "nothing", codes=range(1, 256))
    equal(code, 68, "the exit code of deleting what is not there (EX_NOHOST, doveadm's word for it)")
    say("doveadm: mailbox create, rename, status, subscribe and delete")


def both_ways(world, kind, location, expunged, moved_near, moved_far):
    """A copy of the account, changes on both sides, and no difference after sync. Mailboxes are made far: dsync wants to
    give a mailbox that it makes an id, which IMAP has no command for. New mails come in different mailboxes on either side,
    for the same reason: of two mails with one UID dsync gives both a new one, which IMAP cannot be told."""
    near = Doveadm(world, kind, location)

    def same(when):
        no_difference(near.mails("all"), served(world), f"{kind}: mails by mailbox, UID, flags and text {when}")
        equal(sorted(near.lines("mailbox", "list")), sorted(account(world)), f"{kind}: mailboxes {when}")

    near("backup", "-R", "imapc:")
    same("after backup")
    near("save", "-m", "Drafts", input=unix(mail(f"near {kind}")))
    near("flags", "add", r"\Flagged near", "mailbox", "INBOX", "subject", "number 1")
    near("flags", "remove", r"\Seen", "mailbox", "INBOX", "subject", "number 15")
    near("expunge", "mailbox", "INBOX", "subject", f"number {expunged}")
    with utf8(world.imap()) as client:
        client.append(mail(f"far {kind}"), "INBOX", r"(\Draft)")
        client.good(f"CREATE far/{kind}")
        client.append(mail(f"in what is new far {kind}"), f"far/{kind}")
        client.select("INBOX")
        client.good(r"STORE 1 +FLAGS (\Answered far)")
        client.good('UID COPY 1:* "Gr\u00fc\u00dfe & more"')
        client.good(f"UID MOVE {moved_far} far/{kind}")
    near("sync", "imapc:")
    same("after sync")
    near("move", f"far/{kind}", "mailbox", "INBOX", "subject", f"number {moved_near}")
    near("sync", "imapc:")
    same("after a move near")
    found = subjects(near.mails("all"))
    for wanted in ((f"far/{kind}", f"in what is new far {kind}"), (f"far/{kind}", f"number {moved_near}"),
                   (f"far/{kind}", f"number {moved_far}"), ("Drafts", f"near {kind}"), ("INBOX", f"far {kind}")):
        expect(wanted in found, f"{wanted} is not in {found}")
    expect(("INBOX", f"number {expunged}") not in found, "what was expunged near is gone far")
    before = served(world)
    near("sync", "imapc:")
    no_difference(served(world), before, f"{kind}: the account after a sync with nothing to do")
    same("after a sync with nothing to do")
    say(f"doveadm: backup and sync with {kind}: no difference")


def test(world):
    needs("doveadm")
    world.start()
    far = Doveadm(world, "far", "imapc:~/imapc")
    mails_one_by_one(world, far)
    mailboxes_one_by_one(world, far)
    both_ways(world, "sdbox", "sdbox:~/box", expunged=12, moved_near=16, moved_far=14)
    both_ways(world, "maildir", "maildir:~/mail:LAYOUT=fs", expunged=13, moved_near=17, moved_far=18)


run(test, seconds=small(200, 400))
