"""A tree of Maildirs as another mail program than the one that keeps it in step with the server changes it: mails are
files, flags are letters at the end of their names, mailboxes are folders (SubFolders Verbatim: a/b is a folder in a)."""

import os
import shutil

letters = {"D": r"\Draft", "F": r"\Flagged", "R": r"\Answered", "S": r"\Seen", "T": r"\Deleted"}


class Entry:
    """One mail: where it is, its flags as IMAP spells them, its text."""

    def __init__(self, path):
        self.path = path
        self.letters = path.partition(":2,")[2]
        self.flags = frozenset(letters[letter] for letter in self.letters)
        with open(path, "rb") as file:
            self.text = file.read()


class Maildir:
    def __init__(self, path):
        self.path = path
        self.count = 0
        os.makedirs(path, exist_ok=True)

    def folders(self):
        return sorted(os.path.relpath(path, self.path) for path, below, _ in os.walk(self.path) if "cur" in below)

    def make(self, name):
        for kind in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.path, name, kind))

    def remove(self, name):
        """The mailbox, its mails and what is remembered of it, but not what is below it."""
        folder = os.path.join(self.path, name)
        for file in os.listdir(folder):
            if file in ("cur", "new", "tmp"):
                shutil.rmtree(os.path.join(folder, file))
            elif not os.path.isdir(os.path.join(folder, file)):
                os.remove(os.path.join(folder, file))

    def entries(self, name):
        found = []
        for kind in ("cur", "new"):
            folder = os.path.join(self.path, name, kind)
            found += [Entry(os.path.join(folder, file)) for file in sorted(os.listdir(folder))]
        return found

    def put(self, name, text, flags=""):
        """A new mail: with CRLF or LF, as it is stored here."""
        self.count += 1
        kind = "cur" if flags else "new"
        file = f"1700000000.{os.getpid()}_{self.count}.here" + (f":2,{flags}" if flags else "")
        with open(os.path.join(self.path, name, kind, file), "wb") as out:
            out.write(text)

    def flag(self, entry, flags):
        """Replaces the flags of a mail, which are letters in the order of the alphabet."""
        folder, file = os.path.split(entry.path)
        place = os.path.join(os.path.dirname(folder), "cur", file.partition(":2,")[0] + ":2," + "".join(sorted(flags)))
        os.rename(entry.path, place)

    def delete(self, entry):
        os.remove(entry.path)

    def move(self, entry, name):
        """To another mailbox, under a name that says nothing of where it was."""
        text, flags = entry.text, entry.letters
        self.put(name, text, flags)
        self.delete(entry)

    def settle(self):
        """Folders that changed in this second are read a second later by mbsync, lest they change again; here nobody will."""
        for name in self.folders():
            for kind in ("cur", "new"):
                os.utime(os.path.join(self.path, name, kind), (1700000000, 1700000000))
