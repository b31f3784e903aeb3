#!/usr/bin/env python3
"""The power of a whole machine is cut, again and again (security.md R04). A server works inside user-mode Linux on an ext4 whose
disk records every write and every flush; from the record come disks as they were at any moment, and disks that lost some of
what was written after the last flush. On each: the file system recovers, `stagecoach verify` finds nothing, and everything that
had been acknowledged by then is there with its octets and flags. Then the same with a server whose syncs do nothing: if no
mail is lost there, the test sees nothing, and fails.

    power_cut.py [--mails N] [--images N] [--subsets N] [--seed N]

STAGECOACH names the program. Needs root, loop devices, and Debian's user-mode-linux, dmsetup, kmod, e2fsprogs and eatmydata.
"""

import argparse
import contextlib
import imaplib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "machine"))
import guest  # noqa: E402
import write_log  # noqa: E402

program = os.path.abspath(os.environ.get("STAGECOACH", "build/stagecoach"))
disk_bytes, log_bytes = 512 << 20, 2 << 30
no_syncs = {"LD_PRELOAD": "libeatmydata.so"}


def run(*words, **more):
    return subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **more).stdout


# --- the machine ---


def record(folder, environment, mails):
    """Runs the machine once; afterwards `folder` has the disk as it was made, and the log of its writes."""
    disk, made, log = (os.path.join(folder, name) for name in ("disk", "made", "log"))
    for path, size in ((disk, disk_bytes), (log, log_bytes)):
        with open(path, "wb") as file:
            file.truncate(size)
    run("mkfs.ext4", "-q", "-F", disk)
    run("cp", "--sparse=always", disk, made)
    with open(os.path.join(folder, "settings.json"), "w", encoding="utf-8") as file:
        json.dump({"program": program, "environment": environment, "mails": mails}, file)
    said = subprocess.run(
        ["linux.uml", "mem=768M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro",
         f"init={here}/machine/boot.sh", f"ubd0={disk}", f"ubd1={log}", "con=null", "con0=null,fd:1", f"power_cut={folder}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
        timeout=600).stdout
    if "GUEST-GOOD" not in said:
        raise AssertionError(f"the machine did not do its work:\n{said[-4000:]}")


# --- what must be there ---


class Acknowledged:
    """What the marks have told so far."""

    def __init__(self):
        self.inbox, self.other, self.is_ready = {}, set(), False

    def add(self, mark):
        what, _, number = mark.partition(":")
        if what == "ready":
            self.is_ready = True
        elif what == "mail":
            self.inbox[int(number)] = set()
        elif what == "flag":
            self.inbox[int(number)].add(r"\Flagged")
        elif what == "keyword":
            self.inbox[int(number)] |= {r"\Answered", "keyword"}
        elif what in ("copy", "append"):
            self.other.add(int(number) if what == "copy" else -int(number))

    def count(self):
        return len(self.inbox) + len(self.other) + sum(map(bool, self.inbox.values()))

    def lost_on(self, mount):
        """What of it is not there; an error for anything that was never sent or has other octets."""
        with server_on(os.path.join(mount, "data")) as port:
            client = imaplib.IMAP4("127.0.0.1", port)
            client.login(guest.user, guest.password)
            inbox, other = read(client, "INBOX"), read(client, "Other")
            client.logout()
        lost = [f"mail {number}" for number in self.inbox if number not in inbox]
        lost += [f"flags of {number}" for number, flags in self.inbox.items() if number in inbox and not flags <= inbox[number]]
        return lost + [f"{number} in Other" for number in self.other if number not in other]


def read(client, mailbox):
    """{number: flags}; each body is what was sent."""
    said, count = client.select(mailbox)
    if said != "OK" or int(count[0]) == 0:
        return {}
    found = {}
    for one in client.fetch("1:*", "(FLAGS BODY.PEEK[])")[1]:
        if not isinstance(one, tuple):
            continue
        head, octets = one
        number = int(re.search(rb"\nSubject: (-?\d+)", octets)[1])
        sent = guest.body(number, guest.size_of(number)).encode()
        if not octets.endswith(sent):
            raise AssertionError(f"mail {number} in {mailbox} has octets that were never sent")
        found[number] = set(re.search(rb"FLAGS \(([^)]*)\)", head)[1].decode().split())
    return found


@contextlib.contextmanager
def server_on(data):
    server = subprocess.Popen([program, "localserve", "--dir", data, "--port-offset", "0", "--json"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        line = server.stdout.readline()
        if not line:
            raise AssertionError("the server does not start on what the power cut has left")
        yield json.loads(line)["ports"]["imap"]
    finally:
        server.terminate()
        server.communicate(timeout=60)


# --- disks of the past ---


@contextlib.contextmanager
def mounted(image, folder):
    """A copy of the image, its file system recovered as at a boot."""
    copy, mount = os.path.join(folder, "copy"), os.path.join(folder, "mount")
    run("cp", "--sparse=auto", image, copy)
    os.makedirs(mount, exist_ok=True)
    run("mount", "-o", "loop", copy, mount)
    try:
        yield mount
    finally:
        run("umount", mount)


def look_at(image, folder, known):
    """What of the acknowledged is lost on this disk."""
    with mounted(image, folder) as mount:
        if not os.path.isdir(os.path.join(mount, "data")):
            return ["the data directory"] if known.is_ready else []
        if known.is_ready:
            done = subprocess.run([program, "verify", "--dir", os.path.join(mount, "data")], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120)
            if done.returncode != 0:
                return [f"verify says {done.stdout.strip()[:500]}"]
        return known.lost_on(mount)


def moments(log, images, subsets, pick):
    """Places in the log at which a disk is looked at: [(entries applied whole, entries of which some are applied)]."""
    flushes = [place for place, entry in enumerate(log) if entry.is_flush or entry.is_mark]
    first_mark = next(place for place, entry in enumerate(log) if entry.is_mark)
    useful = [place for place in flushes if place >= first_mark]
    wanted = {useful[-1 - len(useful) * number // images] for number in range(images)} if images else set()
    chosen = [(place + 1, 0) for place in wanted]
    open_ends = [(a + 1, b - a - 1) for a, b in zip(useful, useful[1:]) if b - a > 2]
    chosen += [pick.choice(open_ends) for _ in range(subsets if open_ends else 0)]
    return sorted(chosen)


def replay(folder, images, subsets, pick):
    """(disks looked at, the most that was acknowledged, {moment: what is lost})."""
    log = list(write_log.entries(os.path.join(folder, "log")))
    now, known, lost, applied = os.path.join(folder, "made"), Acknowledged(), {}, 0
    places = moments(log, images, subsets, pick)
    with open(now, "r+b") as image:
        for end, more in places:
            for entry in log[applied:end]:
                known.add(entry.data.decode()) if entry.is_mark else entry.apply(image)
            applied = end
            image.flush()
            disk = now
            if more:
                disk = os.path.join(folder, "torn")
                run("cp", "--sparse=auto", now, disk)
                with open(disk, "r+b") as torn:
                    for entry in log[end : end + more]:
                        if not entry.is_mark and pick.random() < 0.5:
                            entry.apply(torn)
            gone = look_at(disk, folder, known)
            if gone:
                lost[f"entry {end} of {len(log)}{f' and some of the next {more}' if more else ''}"] = gone
    return len(places), known.count(), lost


def one_machine(name, environment, chosen):
    folder = tempfile.mkdtemp(prefix="stagecoach-power-cut-", dir="/var/tmp")
    began = time.monotonic()
    try:
        record(folder, environment, chosen.mails)
        disks, count, lost = replay(folder, chosen.images, chosen.subsets, random.Random(chosen.seed))
        print(f"{name}: {disks} disks, {count} things acknowledged, {len(lost)} disks on which some are lost, "
              f"{time.monotonic() - began:.0f} s", flush=True)
        return disks, count, lost
    finally:
        shutil.rmtree(folder)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mails", type=int, default=60)
    options.add_argument("--images", type=int, default=150, help="disks at a flush or at a moment of acknowledgement")
    options.add_argument("--subsets", type=int, default=50, help="disks that lost some of what no flush had covered")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = options.parse_args()
    print(f"power cuts: --mails {chosen.mails} --images {chosen.images} --subsets {chosen.subsets} --seed {chosen.seed}", flush=True)
    disks, count, lost = one_machine("as it is", {}, chosen)
    for moment, what in list(lost.items())[:10]:
        print(f"  {moment}: {'; '.join(what[:5])}")
    _, _, without = one_machine("without syncs", no_syncs, chosen)
    print("score " + json.dumps({"faults": disks, "acknowledged": count}))
    if lost:
        return 1
    if not without:
        print("a server whose syncs do nothing loses nothing here: this test sees nothing")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
