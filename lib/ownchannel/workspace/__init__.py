"""Workspace: what is kept on this machine, and nowhere else."""

from ownchannel.workspace._account import ACCOUNT_FILE, BrandAccount, save_account, saved_account
from ownchannel.workspace._customers import CustomerKeys
from ownchannel.workspace._documents import LONGEST_NAME, NamedDocuments, clean_name
from ownchannel.workspace._folder import KEY_FILE, Workspace, project_folder, write_private
from ownchannel.workspace._tables import SavedTables

__all__ = [
    "ACCOUNT_FILE",
    "KEY_FILE",
    "LONGEST_NAME",
    "BrandAccount",
    "CustomerKeys",
    "NamedDocuments",
    "SavedTables",
    "Workspace",
    "clean_name",
    "project_folder",
    "save_account",
    "saved_account",
    "write_private",
]
