"""The folder that is the reader's own: the key that hides customers, who is forgotten, orders last read."""

import os
import re
import secrets
import tempfile
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path

from ownchannel.workspace._customers import CustomerKeys, ForgottenCustomers, fingerprint, second_hash

KEY_FILE = "customer.key"
FORGOTTEN_FILE = "forgotten.txt"
FOLDER_VARIABLE = "OWNCHANNEL_WORKSPACE"


def default_folder() -> Path:
    """The folder named by OWNCHANNEL_WORKSPACE, else `workspace` beside the workbooks, else here."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else project_folder() / "workspace"


def project_folder() -> Path:
    """The folder that holds the workbooks: this one or the nearest above it, else this one."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "workbooks").is_dir()), here)


@dataclass(frozen=True)
class Workspace:
    """A folder on this machine, closed to others, never in git.

    >>> import tempfile
    >>> place = Workspace(Path(tempfile.mkdtemp()) / "mine")
    >>> len(place.secret()), place.secret() == place.secret()
    (32, True)
    """

    folder: Path = field(default_factory=default_folder)

    @classmethod
    def at(cls, folder: str | Path | None) -> "Workspace":
        """The workspace in a folder; the default one where none is named."""
        return cls() if folder is None else cls(Path(folder))

    def secret(self) -> bytes:
        """The key of this workspace, 32 bytes, made at the first call and kept with mode 600."""
        file = self.open() / KEY_FILE
        if not file.exists():
            write_private(file, secrets.token_hex(32).encode())
        text = file.read_bytes().decode("ascii", errors="replace").strip()
        if not re.fullmatch("[0-9a-fA-F]{64}", text):
            raise ValueError(_DAMAGED.format(file=file.name, folder=self.folder.name))
        return bytes.fromhex(text)

    def fingerprint(self) -> str:
        """A mark by which keys differ; empty while there is no key."""
        return fingerprint(self.secret()) if (self.folder / KEY_FILE).exists() else ""

    def mark(self) -> tuple[tuple[str, int, int], ...]:
        """A mark of orders, account and who is forgotten: it is another one when any of them has changed."""
        files = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        states = ((file.name, file.stat()) for file in files if file.suffix != ".part" and file.is_file())
        return tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)

    def customer_keys(self) -> CustomerKeys:
        """The keys of customers in this workspace; forgotten customers have none."""
        return CustomerKeys(self.secret, self.forgotten())

    def forgotten(self) -> Container[str]:
        """The keys of the customers who are forgotten. Raises ValueError where their list is damaged."""
        noted = self._forgotten_lines()
        if not noted or not self.fingerprint():
            return frozenset()
        return ForgottenCustomers(self.secret(), (hashed for _, hashed in noted))

    def remember_forgotten(self, key: str) -> None:
        """Note that the customer with this key is forgotten, by a hash that gives away neither."""
        secret = self.secret()
        lines = dict.fromkeys([*self._forgotten_lines(), (fingerprint(secret), second_hash(secret, key))])
        text = "".join(f"{mark} {hashed}\n" for mark, hashed in lines)
        write_private(self.open() / FORGOTTEN_FILE, text.encode("ascii"))

    def lost_forgotten(self) -> int:
        """How many customers were forgotten under another key than today's, if none was under this one.

        Files that are read now bring them back.
        """
        marks = [mark for mark, _ in self._forgotten_lines()]
        return 0 if self.fingerprint() in marks else len(marks)

    def _forgotten_lines(self) -> list[tuple[str, str]]:
        """The list of forgotten customers: fingerprint of the key used, then the second hash."""
        file = self.folder / FORGOTTEN_FILE
        if not file.exists():
            return []
        text = file.read_bytes().decode("ascii", errors="replace")
        lines = [_FORGOTTEN_LINE.fullmatch(line) for line in text.splitlines()]
        if not all(lines):
            raise ValueError(_DAMAGED_LIST.format(file=file.name, folder=self.folder.name))
        return [(line[1], line[2]) for line in lines if line]

    def open(self) -> Path:
        """The folder, made where it is missing, with a note to git to leave it alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
        return self.folder


_DAMAGED = (
    "{file} in the folder {folder} is damaged: it must hold 64 hexadecimal digits. Put back your copy, or "
    "delete it and read your files again; customers then get new keys, which match none given before."
)
_DAMAGED_LIST = (
    "{file} in the folder {folder} is damaged, so that customers whom you had forgotten would come back. Put "
    "back your copy, or delete it and forget them again."
)
_FORGOTTEN_LINE = re.compile("([0-9a-f]{32}) ([0-9a-f]{64})")


def write_private(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    descriptor, name = tempfile.mkstemp(".part", f"{file.name}.", file.parent)  # made with mode 600
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(descriptor)  # else a power cut could leave an empty file in place of the old one
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)
