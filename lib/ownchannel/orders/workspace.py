"""The folder that is the reader's own: the key that hides customers, and the orders last read."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

KEY_FILE = "customer.key"
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
        try:
            key = bytes.fromhex(file.read_text(encoding="ascii").strip())
        except ValueError as error:
            raise ValueError(_DAMAGED.format(file=file.name, folder=self.folder.name)) from error
        if len(key) != 32:
            raise ValueError(_DAMAGED.format(file=file.name, folder=self.folder.name))
        return key

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


def write_private(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    part = file.with_name(file.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
    part.replace(file)
