"""A bit flips in a file of the data directory, or the file is cut or gone, at random, again and again: `verify` or the
server says so, or nothing that it touched is in use. Mail is served as it was sent or not at all, never otherwise. After
`verify --repair` the checker finds nothing and the rest is served, or it says that it cannot repair and changes nothing.
STAGECOACH_ROUNDS and STAGECOACH_SEED change what is run; the seed is printed."""

import collections
import imaplib
import os
import random
import shutil

from _world import equal, expect, run, say, score, small, user

rounds = int(os.environ.get("STAGECOACH_ROUNDS") or small(100, 20))
seed = int(os.environ.get("STAGECOACH_SEED") or random.randrange(1 << 32))


def mail(number):
    size = 40_000 if number % 7 == 0 else 900
    return b"From: a@example.org\r\nSubject: %d\r\n\r\n" % number + random.Random(number).randbytes(size).hex().encode() + b"\r\n"


def fill(world):
    world.start()
    with world.smtp() as smtp:
        smtp.hello()
        for number in range(30):
            equal(smtp.mail("sender@example.org", [user], mail(number)).code, 250, "a mail")
    with world.imap() as imap:
        imap.select()
        imap.good(r"UID STORE 1:20 +FLAGS.SILENT (\Seen $Work)")
        imap.good("UID COPY 5:9 Archive")
        imap.good("UID MOVE 2:3 Archive")
    truth = served(world)
    world.stop()
    return truth


def served(world):
    """Mailbox and UID -> flags and message; a mailbox or message that is not served is left out."""
    found = {}
    with world.imap(timeout=20) as imap:
        for mailbox in ("INBOX", "Archive"):
            if not imap.command(f"EXAMINE {mailbox}").ok:
                continue
            uids = [int(items["UID"]) for _, items in imap.command("UID FETCH 1:* (UID)").fetched()]
            for uid in uids:
                answer = imap.command(f"UID FETCH {uid} (UID FLAGS BODY.PEEK[])")
                for _, items in answer.fetched():
                    if "BODY[]" in items and answer.ok:
                        found[mailbox, uid] = (sorted(items["FLAGS"]), items["BODY[]"])
    return found


def damage(directory, random_one):
    """What was done, and to which file."""
    names = [os.path.join(folder, name) for folder, _, files in os.walk(directory) for name in sorted(files)]
    # LevelDB's own protocol for people, and empty files, hold nothing of ours.
    names = sorted(name for name in names if os.path.getsize(name) and not name.endswith("/LOG") and "control" not in name)
    path = random_one.choice(names)
    size = os.path.getsize(path)
    kind = random_one.choice(["flip", "flip", "flip", "cut", "gone"])
    if kind == "gone":
        os.remove(path)
        return f"{os.path.relpath(path, directory)} is gone"
    at = random_one.randrange(size)
    if kind == "cut":
        os.truncate(path, at)
        return f"{os.path.relpath(path, directory)} is cut from {size} to {at}"
    bit = random_one.randrange(8)
    with open(path, "r+b") as file:
        file.seek(at)
        octet = file.read(1)[0]
        file.seek(at)
        file.write(bytes([octet ^ 1 << bit]))
    return f"{os.path.relpath(path, directory)}: bit {bit} of octet {at} of {size}"


def outcome(world, truth, what):
    code, output, errors = world.command("verify", "--dir", world.data)
    expect(code in (0, 1, 4), f"{what}: verify ends with {code}: {errors}")
    try:
        world.start(verify=False)
    except AssertionError as why:
        expect(world.data in str(why), f"{what}: the server does not start, and does not say what is wrong: {why}")
        world.gone()
        return "refused to start"
    try:
        found = served(world)
    except (EOFError, ConnectionError, imaplib.IMAP4.error):
        found = {}
    for place, content in found.items():
        expect(place in truth and truth[place] == content, f"{what}: {place} is served as {str(content)[:300]}")
    is_whole = found == truth
    expect(is_whole or code != 0, f"{what}: {len(truth) - len(found)} of {len(truth)} mails are gone, unnoticed")
    if world.is_running():
        world.kill()
    return "of no use" if code == 0 else "reported, all served" if is_whole else "reported, the rest served"


def repaired(world, truth, what):
    before = contents(world.data)
    code, output, errors = world.command("verify", "--repair", "--dir", world.data)
    # The first octets of a segment are all the same; nobody needs them to read what stands behind.
    has_lost_its_head = code == 4 and "1 problems" in output and "does not begin as a segment file" in output
    expect(code in (0, 1) or has_lost_its_head, f"{what}: verify --repair ends with {code}: {output}{errors}")
    if code == 4:
        return "repaired but for the head of a file"
    if code != 0:
        expect(world.data in errors and contents(world.data) == before, f"{what}: not repaired, and changed: {errors}")
        return "cannot be repaired"
    world.start()
    sent = {message for _, message in truth.values()}
    found = served(world)
    # A row that is older than the lost one has older flags; a message that was moved may be back where it came from.
    for place, (_, message) in found.items():
        expect(message in sent, f"{what}: after the repair {place} is served as {message[:300]}")
    world.stop()
    world.verify()
    return "repaired, all served" if found == truth else "repaired, the rest served"


def contents(directory):
    """Of the index's files, without LevelDB's protocol."""
    found = {}
    for folder, _, names in os.walk(os.path.join(directory, "index")):
        for name in names:
            if not name.startswith("LO"):
                with open(os.path.join(folder, name), "rb") as file:
                    found[name] = file.read()
    return found


def damaged_copy(world, kept, number):
    shutil.rmtree(world.data)
    shutil.copytree(kept, world.data)
    return damage(world.data, random.Random(f"{seed}-{number}"))


def test(world):
    say(f"seed {seed}, {rounds} rounds")
    truth = fill(world)
    kept = world.data + ".kept"
    shutil.copytree(world.data, kept)
    outcomes, repairs = collections.Counter(), collections.Counter()
    for number in range(rounds):
        what = f"round {number}: {damaged_copy(world, kept, number)}"
        outcomes[outcome(world, truth, what)] += 1
        if number % 4 == 0 and ("index/" in what or "bodies/" in what):
            damaged_copy(world, kept, number)
            repairs[repaired(world, truth, what)] += 1
    shutil.rmtree(world.data)
    shutil.copytree(kept, world.data)
    say(", ".join(f"{count} {what}" for what, count in sorted(outcomes.items())))
    say("after verify --repair: " + ", ".join(f"{count} {what}" for what, count in sorted(repairs.items())))
    score(faults=rounds)
    expect(rounds - outcomes["of no use"] > rounds // 3, "hardly any damage was noticed: this test has tested nothing")


run(test, seconds=max(small(180, 300), rounds))
