"""What the words of headers mean, language by language: data only, which `header.py` reads."""

from rotor_import.suggest.words.dutch import DUTCH
from rotor_import.suggest.words.english import ENGLISH
from rotor_import.suggest.words.french import FRENCH
from rotor_import.suggest.words.german import GERMAN
from rotor_import.suggest.words.italian import ITALIAN
from rotor_import.suggest.words.portuguese import PORTUGUESE
from rotor_import.suggest.words.spanish import SPANISH

__all__ = ["LANGUAGES"]

LANGUAGES = (ENGLISH, SPANISH, FRENCH, GERMAN, PORTUGUESE, ITALIAN, DUTCH)
"""Where two languages disagree about a word, the first one decides."""
