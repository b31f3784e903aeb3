#!/usr/bin/env python3
"""Durable mails, their way to an IDLE client, and idle sessions: ours beside Debian's Postfix and Dovecot, in one run on one
disk. `./dev bench mail` runs it; README.md says how to read its table.

    mail_bench.py [--build DIR] [--quick] [--only smtp,append,exists,memory,syncs] [--directory DIR] [--json FILE]
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from peers import dovecot, localserve, postfix, processes
from table import Table

goals = {  # DESIGN.md 9
    "smtp": {1: 5.0, 10: 10.0, 100: 20.0},
    "syncs": {1: 2.0, 100: 0.3},
    "append": {1: 1.0, 100: 10.0},
    "exists_ms": {1: 5.0, 100: 20.0, 1000: 50.0},
    "session_kb": {False: None, True: 24.0},  # plain, TLS
}
at_once = 1000  # sessions that one process opens together; more are not accepted as fast as they come
no_limit = 10**7  # mails; the time ends the run
sync_calls = "fsync|fdatasync|msync|sync_file_range|syncfs"


class Bench:
    def __init__(self, chosen, home):
        self.quick = chosen.quick
        self.home = home
        self.load_program = os.path.join(chosen.build, "tests", "mail_load_bench")
        self.program = os.path.join(chosen.build, "stagecoach")
        self.seconds = 2 if chosen.quick else 8
        self.count = 0
        self.has_peers = dovecot.is_installed() and postfix.is_installed() and os.geteuid() == 0
        if not self.has_peers:
            print("without peers: they need root, and the packages postfix, dovecot-imapd and dovecot-lmtpd")
        self.table = Table()

    # --- programs ---

    def folder(self, name):
        self.count += 1
        path = os.path.join(self.home, f"{name}-{self.count}")
        os.mkdir(path, 0o755)
        return path

    def with_ours(self, use, under=()):
        server = localserve.Localserve(self.program, self.folder("ours")).start(under)
        try:
            return use(server)
        finally:
            server.stop()

    def with_dovecot(self, use, under=()):
        if not self.has_peers:
            return None
        store = dovecot.Dovecot(self.folder("dovecot"), "maildir")
        try:
            return use(store.start(under))
        finally:
            store.stop()

    def with_postfix(self, use, under=lambda name: ()):
        """Postfix that hands to Dovecot: use(relay, store)."""

        def beside(store):
            relay = postfix.Postfix(self.folder("postfix"), store.lmtp)
            try:
                return use(relay.start(under("postfix")), store)
            finally:
                relay.stop()

        return self.with_dovecot(beside, under("dovecot"))

    def load(self, mode, **options):
        words = [self.load_program, mode]
        for name, value in options.items():
            words += [f"--{name}", str(value)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=900)
        if done.returncode != 0 or not done.stdout:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr}")
        told = json.loads(done.stdout)
        if told["failed"]:
            print(f"  {told['failed']} connections of the next row failed, the first: {told['first_failure']}", flush=True)
        return told

    # --- durable mails per second ---

    def smtp(self):
        for connections, goal in goals["smtp"].items():
            options = {"connections": connections, "mails": no_limit, "size": 4096, "seconds": self.seconds}
            mine = self.with_ours(lambda server: self.load("smtp", smtp=server.smtp, imap=server.imap, **options))
            theirs = self.with_postfix(lambda relay, store: self.load("smtp", smtp=relay.smtp, imap=store.imap, **options))
            ratio = theirs and mine["stored_per_second"] / theirs["stored_per_second"]
            accepts = f"; Postfix accepts {theirs['accepted_per_second']:.0f}/s" if theirs else ""
            self.table.add(
                f"mails, 4 KB, SMTP to mailbox, {connections} connections", f"{mine['stored_per_second']:.0f}/s",
                f"{theirs['stored_per_second']:.0f}/s" if theirs else "", f"{ratio:.1f}x" if ratio else "", f"{goal:.0f}x",
                ratio >= goal if ratio else None,
                f"250 after p50 {mine['mail_p50_ms']:.2f}, p99 {mine['mail_p99_ms']:.2f} ms{accepts}",
            )

    def append(self):
        for connections, goal in goals["append"].items():
            options = {"connections": connections, "mails": no_limit, "size": 1500, "seconds": self.seconds}
            mine = self.with_ours(lambda server: self.load("append", imap=server.imap, **options))
            theirs = self.with_dovecot(lambda store: self.load("append", imap=store.imap, **options))
            ratio = theirs and mine["appended_per_second"] / theirs["appended_per_second"]
            self.table.add(
                f"APPEND, 1.5 KB, {connections} clients", f"{mine['appended_per_second']:.0f}/s",
                f"{theirs['appended_per_second']:.0f}/s" if theirs else "", f"{ratio:.1f}x" if ratio else "", f"{goal:.0f}x",
                ratio >= goal if ratio else None,
                f"OK after p50 {mine['append_p50_ms']:.2f}, p99 {mine['append_p99_ms']:.2f} ms",
            )

    # --- syncs ---

    def syncs(self):
        if shutil.which("strace") is None:
            print("syncs are not counted: strace is not installed")
            return
        at_rest, _ = self.traced(0)
        for connections, goal in goals["syncs"].items():
            syncs, mails = self.traced(connections)
            each = (syncs - at_rest) / max(1, mails)
            theirs = None if self.quick else self.traced_peers(connections)
            self.table.add(
                f"syncs for a mail, {connections} connections", f"{each:.2f}", f"{theirs:.2f}" if theirs else "", "",
                f"{goal:.1f}", each <= goal, f"{syncs - at_rest} syncs, {mails} mails",
            )

    def traced(self, connections):
        """(syncs, mails) of a server below strace, which stops it at these calls only."""
        counts = self.folder("strace") + "/ours"

        def use(server):
            if connections == 0:
                return 0
            told = self.load("smtp", smtp=server.smtp, connections=connections, mails=no_limit, size=4096, seconds=3)
            return told["accepted"]

        mails = self.with_ours(use, tracer(counts))
        return syncs_in(counts), mails

    def traced_peers(self, connections):
        if not self.has_peers:
            return None
        folder = self.folder("strace")
        mails = self.with_postfix(
            lambda relay, store: self.load("smtp", smtp=relay.smtp, imap=store.imap, connections=connections,
                                           mails=no_limit, size=4096, seconds=3)["stored"],
            lambda name: tracer(f"{folder}/{name}"),
        )
        return (syncs_in(f"{folder}/postfix") + syncs_in(f"{folder}/dovecot")) / max(1, mails)

    # --- from 250 to EXISTS ---

    def exists(self):
        for clients, goal in goals["exists_ms"].items():
            if self.quick and clients > 100:
                continue
            mails = 50 if self.quick else 200
            mine = self.with_ours(
                lambda server: self.load("idle", smtp=server.smtp, imap=server.imap, clients=clients, mails=mails)
            )
            theirs = clients <= 100 and self.with_postfix(
                lambda relay, store: self.load("idle", smtp=relay.smtp, imap=store.imap, clients=clients, mails=10)
            )
            seen, missing = mine["accepted_to_last_exists_p99_ms"], mine["missing"]
            self.table.add(
                f"250 to EXISTS at the last of {clients} in IDLE, p99", f"{seen:.2f} ms",
                f"{theirs['accepted_to_last_exists_p99_ms']:.0f} ms" if theirs else "", "", f"{goal:.0f} ms",
                seen <= goal and missing == 0,
                f"dot to EXISTS p50 {mine['dot_to_exists_p50_ms']:.2f}, p99 {mine['dot_to_exists_p99_ms']:.2f} ms"
                + (f"; {missing} NEVER CAME" if missing else ""),
            )

    # --- idle sessions ---

    def memory(self):
        clients = 200 if self.quick else 10_000
        for tls, goal in goals["session_kb"].items():
            mine, share = self.with_ours(lambda server: self.sessions(server, clients, tls))
            theirs = self.with_dovecot(lambda store: self.sessions(store, 50, tls))
            kind = "TLS" if tls else "plain"
            self.table.add(
                f"memory of an idle IMAP session, {kind}, of {clients}", f"{mine:.1f} KB",
                f"{theirs[0]:.0f} KB" if theirs else "", "", f"{goal:.0f} KB" if goal else "",
                mine <= goal if goal else None, "",
            )
            self.table.add(f"processor time of {clients} idle {kind} sessions", f"{share:.1f} %", "", "", "0.0 %",
                           share < 0.05, "")

    def sessions(self, server, clients, tls):
        """(kB a session, per cent of a processor while all are idle)."""
        port = server.imaps if tls else server.imap
        first = self.hold(port, 20, tls)  # what is made once is there before we look
        time.sleep(1)
        before = processes.memory_kb(server.pids())
        more = [self.hold(port, min(clients, at_once), tls) for _ in range(-(-clients // at_once))]
        time.sleep(2)
        each = (processes.memory_kb(server.pids()) - before) / clients
        ticks, seconds = processes.processor_ticks(server.pids()), 3 if self.quick else 10
        time.sleep(seconds)
        share = (processes.processor_ticks(server.pids()) - ticks) / os.sysconf("SC_CLK_TCK") / seconds * 100
        for process in (first, *more):
            process.communicate(b"")
        return each, share

    def hold(self, port, clients, tls):
        """So many sessions in IDLE, until the input of the returned process is closed."""
        process = subprocess.Popen(
            [self.load_program, "hold", "--imap", str(port), "--clients", str(clients), "--tls", "yes" if tls else "no"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        told = json.loads(process.stdout.readline())
        if told["idling"] != clients:
            process.communicate(b"")
            raise RuntimeError(f"only {told['idling']} of {clients} sessions came up: {told.get('first_failure')}")
        return process


def tracer(counts):
    return ["strace", "-f", "--seccomp-bpf", "-c", "-e", "trace=" + sync_calls.replace("|", ","), "-o", counts]


def syncs_in(counts):
    """The calls of all kinds in a table of strace -c."""
    with open(counts, encoding="ascii") as lines:
        found = re.findall(rf"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(?:{sync_calls})$", lines.read(), re.MULTILINE)
    return sum(int(calls) for calls in found)


def arguments():
    parser = argparse.ArgumentParser(description="mail benchmark beside Postfix and Dovecot")
    parser.add_argument("--build", default=os.environ.get("STAGECOACH_BUILD", "build-bench"))
    parser.add_argument("--quick", action="store_true", help="less than a minute; figures are rough")
    parser.add_argument("--only", default="smtp,append,exists,memory,syncs", help="parts, by comma")
    parser.add_argument("--directory", default="/var/tmp", help="where all data goes: the disk that is measured")
    parser.add_argument("--json", help="a file for the rows")
    return parser.parse_args()


def main():
    chosen = arguments()
    home = tempfile.mkdtemp(prefix="stagecoach-bench-", dir=chosen.directory)
    os.chmod(home, 0o755)
    try:
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before, data below {home}")
        bench = Bench(chosen, home)
        for name in chosen.only.split(","):
            getattr(bench, name)()
        bench.table.end()
        if chosen.json:
            with open(chosen.json, "w", encoding="utf-8") as file:
                json.dump(bench.table.rows, file, indent=1)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
