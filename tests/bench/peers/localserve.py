"""Our own server, started for a benchmark as the peers are: a directory, free ports, an end by its pid."""

import json
import os
import signal
import subprocess

from . import processes


class Localserve:
    def __init__(self, program, home, more=()):
        self.program = program
        self.more = more  # words of its command
        self.home = home
        self.process = None

    def start(self, under=()):
        """Starts it, below another command (a tracer) where one is given."""
        with open(f"{self.home}/log", "ab") as log:
            self.process = subprocess.Popen(
                [*under, self.program, "localserve", "--dir", f"{self.home}/data", "--port-offset", "0", "--json", *self.more],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"localserve ended with {self.process.wait()}; its log is {self.log()}")
        ready = json.loads(line)
        self.pid = ready["pid"]
        names = ("smtp", "imap", "imaps", "http", "https")
        self.smtp, self.imap, self.imaps, self.http, self.https = (ready["ports"][name] for name in names)
        return self

    def log(self):
        with open(f"{self.home}/log", encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def pids(self):
        return processes.tree(self.pid)

    def stop(self):
        if self.process is None:
            return
        os.kill(self.pid, signal.SIGTERM)
        code = self.process.wait(60)
        self.process.stdout.close()
        self.process = None
        if code != 0:
            raise RuntimeError(f"the server ended with {code}; its log is {self.log()}")
