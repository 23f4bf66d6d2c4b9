"""A file's columns → a mapping to edit: what headers say and cells hold, put together."""

from rotor_import.suggest.choose_fields import Chooser
from rotor_import.suggest.column_profile import Profile, profile
from rotor_import.suggest.header_words import HEADERS
from rotor_import.suggest.suggestion import Chosen
from rotor_import.suggest.write_yaml import write_mapping

__all__ = ["HEADERS", "Chooser", "Chosen", "Profile", "profile", "write_mapping"]
