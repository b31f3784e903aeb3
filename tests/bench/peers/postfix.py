"""Debian's Postfix with a queue of its own, on a free port of the loopback, handing every mail to an LMTP port.

The users are those that the package made (postfix, postdrop). Everything is as shipped but the directories, the one domain
that it takes, its next hop, and that no name is looked up. Needs root, as Postfix does.
"""

import os
import shutil
import subprocess

from . import processes

domain = "localhost"

main = """
compatibility_level = 3.6
config_directory = {home}/etc
queue_directory = {home}/queue
data_directory = {home}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = bench.localhost
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
lmtp_host_lookup = native
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps =
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_tls_security_level = none
maillog_file_prefixes = {home}
maillog_file = {home}/postfix.log
message_size_limit = 209715200
"""

master = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""


def is_installed():
    return os.path.exists("/usr/lib/postfix/sbin/master")


class Postfix:
    def __init__(self, home, lmtp):
        self.home = home
        self.smtp = processes.free_port()
        os.chmod(home, 0o755)
        for folder in ("etc", "queue", "data"):
            os.makedirs(f"{home}/{folder}")
        shutil.chown(f"{home}/data", "postfix", "postfix")
        with open(f"{home}/etc/main.cf", "w", encoding="ascii") as file:
            file.write(main.format(home=home, domain=domain, lmtp=lmtp))
        with open(f"{home}/etc/master.cf", "w", encoding="ascii") as file:
            file.write(master.format(smtp=self.smtp))
        # Debian loads lmtp's map types through this file; an empty one will do for what is used here.
        with open(f"{home}/etc/dynamicmaps.cf", "w", encoding="ascii"):
            pass
        # postsuper writes to it too, without root's rights, when it finds what a crash has left.
        with open(f"{home}/postfix.log", "ab"):
            shutil.chown(f"{home}/postfix.log", "postfix", "postfix")
        self.process = None

    def start(self, under=()):
        """Makes the queue's directories, then runs master in the foreground, below a tracer where one is given."""
        processes.run(["postfix", "-c", f"{self.home}/etc", "check"])
        with open(f"{self.home}/output", "ab") as output:
            self.process = subprocess.Popen(
                [*under, "/usr/lib/postfix/sbin/master", "-c", f"{self.home}/etc", "-d"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        processes.wait_for_port(self.smtp, 10)
        return self

    def pids(self):
        return processes.tree(self.process.pid)

    def stop(self):
        if self.process is not None:
            processes.end_tree(self.process.pid, 5)
            self.process.wait()
            self.process = None
