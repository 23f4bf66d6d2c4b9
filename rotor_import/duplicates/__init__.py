"""Pairs of people who are probably one, although no key joins them."""

from rotor_import.duplicates.reasons import in_words
from rotor_import.duplicates.search import Search, find_duplicates, search

__all__ = ["Search", "find_duplicates", "in_words", "search"]
