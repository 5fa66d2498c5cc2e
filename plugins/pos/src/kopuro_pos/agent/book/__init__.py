"""The agent's book: quotes, sales and reversals, as they were made and what became of them."""

from kopuro_pos.agent.book.book import Book
from kopuro_pos.agent.book.entries import Draft, Entry, EntryKind
from kopuro_pos.agent.book.quotes import KeptQuote

__all__ = ["Book", "Draft", "Entry", "EntryKind", "KeptQuote"]
