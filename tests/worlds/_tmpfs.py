"""A tmpfs of its own as the data directory of a world. Whoever may not mount one gets it in a user namespace of his own."""

import os
import subprocess
import sys

from _world import expect


def may_mount():
    """At the end of the module, before run(): starts the test anew where it may mount, if it may not."""
    if os.geteuid() != 0:
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--mount", sys.executable, *sys.argv])


def mount(folder, options):
    os.makedirs(folder, mode=0o700)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=0700,{options}", "stagecoach-test", folder],
                          capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"this test needs a tmpfs of its own, and mount says: {done.stderr.strip()}")


def unmount(folder):
    subprocess.run(["umount", "-l", folder], check=False)
