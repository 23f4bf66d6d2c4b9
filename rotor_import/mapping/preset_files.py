"""The presets: mappings that come with the program, one for each system's export."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rotor_import.config import preset_files
from rotor_import.mapping.load import parse_mapping
from rotor_import.mapping.schema import Mapping


@dataclass(frozen=True)
class Preset:
    """A mapping that comes with the program. `about` is the first line of its comment: the export that it is for."""

    name: str
    about: str
    mapping: Mapping


@cache
def presets() -> tuple[Preset, ...]:
    """All presets, in the order of their names."""
    return tuple(_preset(name, file.read_text(encoding="utf-8")) for name, file in sorted(preset_files().items()))


def _preset(name: str, text: str) -> Preset:
    lines = (line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#"))
    about = next((line for line in lines if line and not line.startswith("yaml-language-server")), "")
    about = about.removesuffix("Edit a copy to taste: -m my-copy.yaml").strip()
    return Preset(name, about, parse_mapping(text, f"{name}.yaml", name))
