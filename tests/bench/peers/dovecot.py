"""Debian's Dovecot in a directory of its own, on free ports of the loopback: IMAP plain and TLS, and LMTP.

Everything is as the package ships it but what lets the benchmark run: who may sign in, where mail lies (one Maildir per
user below the directory), and limits high enough for the connections of one machine. Needs root, as Dovecot does.
"""

import os
import shutil
import subprocess

from . import processes

password = "stagecoach"
mail_user = "mail"  # Debian has it on every system; the mail directories belong to it

configuration = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_cert = <{home}/certificate.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
mail_location = {mail_location}
mail_uid = {mail_user}
mail_gid = {mail_user}
first_valid_uid = 1
mail_max_userip_connections = 5000
auth_cache_size = 1M
namespace inbox {{
  inbox = yes
  prefix =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_user} home={home}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  process_limit = 2000
}}
service imap {{
  process_limit = 2000
}}
service anvil {{
  client_limit = 10000
}}
service auth {{
  client_limit = 10000
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""


def is_installed():
    return os.path.exists("/usr/lib/dovecot/lmtp") and shutil.which("dovecot") is not None


class Dovecot:
    def __init__(self, home, layout):
        self.home = home
        self.imap, self.imaps, self.lmtp = (processes.free_port() for _ in range(3))
        os.makedirs(f"{home}/mail")
        shutil.chown(f"{home}/mail", mail_user, mail_user)
        os.chmod(home, 0o755)
        processes.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            + ["-subj", "/CN=localhost", "-days", "2", "-keyout", f"{home}/key.pem", "-out", f"{home}/certificate.pem"]
        )
        with open(f"{home}/dovecot.conf", "w", encoding="ascii") as file:
            file.write(
                configuration.format(
                    home=home, mail_location=f"{layout}:~/{layout}", mail_user=mail_user, password=password,
                    imap=self.imap, imaps=self.imaps, lmtp=self.lmtp,
                )
            )
        self.process = None

    def start(self, under=()):
        """Starts it, below another command (a tracer) where one is given."""
        with open(f"{self.home}/output", "ab") as output:
            self.process = subprocess.Popen(
                [*under, shutil.which("dovecot"), "-F", "-c", f"{self.home}/dovecot.conf"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        processes.wait_for_port(self.imap, 10)
        processes.wait_for_port(self.lmtp, 10)
        return self

    def pids(self):
        return processes.tree(self.process.pid)

    def stop(self):
        if self.process is not None:
            processes.end_tree(self.process.pid, 5)
            self.process.wait()
            self.process = None
