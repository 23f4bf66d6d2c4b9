"""Pairs of people who are probably one, although no key joins them."""

from rotor_import.duplicates.search import find_duplicates
from rotor_import.duplicates.wording import words

__all__ = ["find_duplicates", "words"]
