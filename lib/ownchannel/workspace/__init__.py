"""Workspace: what is kept on this machine, and nowhere else."""

from ownchannel.workspace._customers import CustomerKeys
from ownchannel.workspace._folder import KEY_FILE, Workspace, project_folder, write_private

__all__ = [
    "KEY_FILE",
    "CustomerKeys",
    "Workspace",
    "project_folder",
    "write_private",
]
