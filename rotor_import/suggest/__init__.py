"""A file's columns → a mapping to edit: what headers say and cells hold, put together."""

from rotor_import.suggest.choose import Chooser
from rotor_import.suggest.chosen import Chosen
from rotor_import.suggest.profile import Profile, profile
from rotor_import.suggest.words import HEADERS
from rotor_import.suggest.write import write_mapping

__all__ = ["HEADERS", "Chooser", "Chosen", "Profile", "profile", "write_mapping"]
