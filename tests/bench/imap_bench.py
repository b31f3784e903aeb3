#!/usr/bin/env python3
"""Reading and changing a large mailbox over IMAP: ours beside Debian's Dovecot, the same mails, the same client, in one run on one
disk. `./dev bench imap` runs it; README.md says how to read its table.

    imap_bench.py [--build DIR] [--messages N] [--directory DIR] [--json FILE]
"""

import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from peers import dovecot, localserve
from table import Table

user, password = "ada@localhost", "stagecoach"
fillers = 8


class Client:
    """Sends commands and reads up to their tagged line, as fast as one thread can."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=600)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tag = 0
        self.rest = b""
        self.until(b"* OK")
        self.good(f"LOGIN {user} {password}")

    def until(self, start):
        """Everything up to the line that begins with `start`, which has to be the last one: (octets before, line)."""
        data, seen = self.rest, 0
        while True:
            at = 0 if data.startswith(start) else data.find(b"\r\n" + start, max(0, seen - len(start) - 2))
            if at >= 0 and (end := data.find(b"\r\n", at + 2)) >= 0:
                self.rest = data[end + 2 :]
                return at, data[at:end].strip()
            seen = len(data)
            more = self.socket.recv(1 << 20)
            if not more:
                raise EOFError("the server has closed the connection")
            data += more

    def count(self, start):
        """As until, without keeping what is before: (octets, line)."""
        tail, total = self.rest, 0
        while True:
            at = 0 if tail.startswith(start) else tail.find(b"\r\n" + start)
            if at >= 0 and (end := tail.find(b"\r\n", at + 2)) >= 0:
                self.rest = tail[end + 2 :]
                return total + at, tail[at:end].strip()
            if at < 0 and len(tail) > 200:
                total += len(tail) - 200
                tail = tail[-200:]
            more = self.socket.recv(1 << 20)
            if not more:
                raise EOFError("the server has closed the connection")
            tail += more

    def timed(self, command):
        """(seconds, octets, tagged line) of a command."""
        self.tag += 1
        tag = f"t{self.tag}xq".encode()
        began = time.perf_counter()
        self.socket.sendall(tag + b" " + command.encode() + b"\r\n")
        octets, line = self.count(tag + b" ")
        return time.perf_counter() - began, octets, line[len(tag) + 1 :].decode()

    def good(self, command):
        seconds, octets, line = self.timed(command)
        if not line.startswith("OK"):
            raise RuntimeError(f"{command[:60]}: {line}")
        return seconds, octets

    def append(self, message):
        self.tag += 1
        tag = f"t{self.tag}xq".encode()
        self.socket.sendall(b"%s APPEND INBOX {%d+}\r\n%s\r\n" % (tag, len(message), message))
        _, line = self.until(tag + b" ")
        if not line.startswith(tag + b" OK"):
            raise RuntimeError(line.decode())

    def close(self):
        self.socket.close()


def message(number):
    """One of a mix: plain text, alternatives, and a small attachment; below 4096 octets (RFC 7888 5)."""
    pick = random.Random(number)
    words = " ".join(pick.choice(("river", "letter", "coach", "horse", "evening", "station")) for _ in range(60))
    head = (
        f"Date: Mon, {1 + number % 28} Nov 2026 10:{number % 60:02}:00 +0100\r\nFrom: Grace {number % 97} <g{number % 97}@example.net>\r\n"
        f"To: Ada <ada@example.org>, Charles <c@example.com>\r\nSubject: Number {number} of the {pick.choice(('red', 'blue'))} series\r\n"
        f"Message-ID: <{number}.{pick.randrange(1 << 30)}@example.net>\r\nMIME-Version: 1.0\r\n"
    )
    if number % 3 == 0:
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n".encode()
    kind = "alternative" if number % 3 == 1 else "mixed"
    second = (
        f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>{words}</p>\r\n" if kind == "alternative" else
        f"Content-Type: application/octet-stream; name=data.bin\r\nContent-Disposition: attachment; filename=data.bin\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgcICQ==\r\n"
    )
    return (
        f"{head}Content-Type: multipart/{kind}; boundary=b{number}\r\n\r\n--b{number}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{words}\r\n--b{number}\r\n{second}--b{number}--\r\n"
    ).encode()


def fill(port, count):
    """So many mails by APPEND; (mails per second)."""
    numbers, failures = iter(range(count)), []
    lock = threading.Lock()

    def work():
        try:
            client = Client(port)
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return client.close()
                client.append(message(number))
        except Exception as why:  # pylint: disable=broad-except
            failures.append(why)

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(fillers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return count / (time.perf_counter() - began)


def drop_caches():
    subprocess.run(["sync"], check=True)
    try:
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
            file.write("3")
    except OSError:
        pass  # a container may not; then cold means a new process


# (name, command, goal): the first time after the start is cold, the second warm.
commands = [
    ("FETCH of flags", "FETCH 1:* (FLAGS)", 1.2),
    ("FETCH of ENVELOPE and BODYSTRUCTURE", "FETCH 1:* (ENVELOPE BODYSTRUCTURE)", 3.0),
    ("FETCH of bodies", "FETCH 1:* (BODY.PEEK[])", 1.0),
    ("SEARCH UNSEEN", "SEARCH UNSEEN", 1.0),
    ("SEARCH SUBJECT", "SEARCH SUBJECT 77", 2.0),
    ("SEARCH TEXT", "SEARCH TEXT zebra", 2.0),
    ("STORE of one flag", r"STORE 1:* +FLAGS.SILENT (\Flagged)", 1.0),
    ("COPY of 1,000", "COPY 1:1000 INBOX", 1.0),
]
cold_commands = [("FETCH of ENVELOPE and BODYSTRUCTURE, cold", "FETCH 1:* (ENVELOPE BODYSTRUCTURE)", 30.0)]


def measured(server, restart, count):
    """{row: seconds or None where the server says NO}"""
    figures = {"APPEND, 8 clients": count / fill(server.imap, count)}
    restart(True)
    drop_caches()
    client = Client(server.imap)
    figures["SELECT, cold"] = client.good("SELECT INBOX")[0]
    for name, command, _ in cold_commands:
        figures[name] = seconds_of(client, command)
    figures["SELECT"] = min(client.good("SELECT INBOX")[0] for _ in range(3))
    for name, command, _ in commands:
        if name.startswith("STORE"):  # each time a real change
            figures[name] = min(seconds_of(client, command.replace("+", sign)) for sign in ("+", "-"))
        else:
            figures[name] = min((seconds_of(client, command) for _ in range(2)), key=lambda s: s or 1e9)
    client.close()
    return figures


def seconds_of(client, command):
    seconds, _, line = client.timed(command)
    return seconds if line.startswith("OK") else None


def of_ours(program, folder, count):
    server = localserve.Localserve(program, folder).start()

    def restart(_cold):
        server.stop()
        server.start()

    try:
        return measured(server, restart, count)
    finally:
        server.stop()


def of_dovecot(folder, count):
    server = dovecot.Dovecot(folder, "sdbox").start()

    def restart(cold):
        server.stop()
        if cold:  # as after mail was delivered by something that fills no cache
            subprocess.run(["find", folder, "-name", "dovecot.index.cache", "-delete"], check=True)
        server.start()

    try:
        return measured(server, restart, count)
    finally:
        server.stop()


def compare(ours, theirs, count):
    table = Table()
    goals = {name: goal for name, _, goal in commands + cold_commands}
    goals["SELECT"] = goals["SELECT, cold"] = goals["APPEND, 8 clients"] = 1.0
    for name, mine in ours.items():
        peer = theirs.get(name) if theirs else None
        ratio = peer / mine if peer and mine else None
        table.add(
            f"{name}, {count:,} messages", f"{mine * 1000:.1f} ms" if mine else "refused", f"{peer * 1000:.1f} ms" if peer else "",
            f"{ratio:.1f}x" if ratio else "", f"{goals[name]:.1f}x", ratio >= goals[name] if ratio else None if mine else False, "",
        )
    table.end()
    return table


def main():
    parser = argparse.ArgumentParser(description="IMAP benchmark beside Dovecot")
    parser.add_argument("--build", default=os.environ.get("STAGECOACH_BUILD", "build-bench"))
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--directory", default="/var/tmp", help="where all data goes: the disk that is measured")
    parser.add_argument("--json", help="a file for the rows")
    chosen = parser.parse_args()
    home = tempfile.mkdtemp(prefix="stagecoach-bench-", dir=chosen.directory)
    os.chmod(home, 0o755)
    try:
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before, data below {home}")
        for name in ("ours", "dovecot"):
            os.mkdir(f"{home}/{name}", 0o755)
        ours = of_ours(os.path.join(chosen.build, "stagecoach"), f"{home}/ours", chosen.messages)
        has_peer = dovecot.is_installed() and os.geteuid() == 0
        theirs = of_dovecot(f"{home}/dovecot", chosen.messages) if has_peer else None
        if not has_peer:
            print("without the peer: it needs root, and the package dovecot-imapd")
        rows = compare(ours, theirs, chosen.messages).rows
        if chosen.json:
            with open(chosen.json, "w", encoding="utf-8") as file:
                json.dump(rows, file, indent=1)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
