"""The fictional kitchenware brand Hearth & Ladle: its ledger, and two platforms' exports of it."""

from .files import write
from .ledger import Brand, generate

__all__ = ["Brand", "generate", "write"]
