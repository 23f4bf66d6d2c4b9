"""How a command's help is laid out: what it does, examples, and its options by topic, within 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from rotor_import.cli import exit_codes

_WIDEST_TERM = 26
"""Columns for an option or a command; a longer one has its explanation on the next line."""

TOPICS: Mapping[str, tuple[str, ...]] = {
    "What to import": (
        *("mapping", "decisions", "corrections", "hold_suspicious", "allow_keyless", "duplicates", "save"),
        *("pattern", "order", "settle", "done_file", "leave", "limit", "target", "older_than"),
    ),
    "Before sending": ("dry_run", "yes", "force", "tolerate"),
    "Report": ("report_dir", "reports", "xlsx", "log_format"),
    "Who is told": ("notify", "ping", "metrics"),
    "Rotor's customer list": ("directory", "directory_max_age"),
    "Quota and speed": (
        *("daily_limit", "reserve", "max_requests", "patience", "wait"),
        *("concurrency", "timeout", "max_attempts", "retry_base", "retry_cap"),
    ),
    "Profiles": ("profile", "every", "jobs", "config"),
    "Rotor and the ledger": ("key_file", "sandbox", "sandbox_state", "base_url", "ledger"),
    "Output": ("as_json", "quiet", "verbose"),
}
"""The titles under which options stand, with their names as parameters."""
_OTHERS = "Options"
_TITLES = {name: title for title, names in TOPICS.items() for name in names}
_ORDER = {name: at for at, name in enumerate(_TITLES)}
_FEW = 4
"""So many options need no titles."""

Entries = Sequence[tuple[str, str]]


class Command(click.Command):
    """A command whose help shows `examples`, and the exit codes if it `ends_in_codes`.

    `titles` of options by their parameters' names come before those of TOPICS.
    """

    def __init__(
        self,
        *arguments: Any,
        examples: Iterable[str] = (),
        ends_in_codes: bool = False,
        titles: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        self.examples = tuple(examples)
        self.ends_in_codes = ends_in_codes
        self.titles = titles or {}

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        options.sort(key=lambda option: _ORDER.get(option.name or "", len(_ORDER)))
        found = [(option, record) for option in options if (record := option.get_help_record(ctx))]
        by_title: dict[str, list[tuple[str, str]]] = {}
        for option, record in found:
            name = option.name or ""
            title = self.titles.get(name) or _TITLES.get(name, _OTHERS)
            by_title.setdefault(_OTHERS if len(found) <= _FEW else title, []).append(record)
        order = [*dict.fromkeys([*self.titles.values(), *TOPICS])]
        last = by_title.pop(_OTHERS, [])
        if order[-1] in by_title:  # -h stands with the other options of output
            by_title[order[-1]] += last
            last = []
        _write(formatter, [*((title, by_title[title]) for title in order if title in by_title), (_OTHERS, last)])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if self.ends_in_codes:
            _write(formatter, [("Exit codes", [(str(code), words) for code, words in exit_codes.MEANING.items()])])


class Group(Command, click.Group):
    """A group whose commands stand under titles, if `topics` names them; the others stand under the last one."""

    command_class = Command

    def __init__(self, *arguments: Any, topics: Mapping[str, Sequence[str]] | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.topics = topics or {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_commands(ctx, formatter)
        Command.format_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        *_, last = self.topics or ["Commands"]
        title_of = {name: title for title, names in self.topics.items() for name in names}
        by_title: dict[str, list[tuple[str, str]]] = {title: [] for title in self.topics or [last]}
        names = [name for known in self.topics.values() for name in known if name in self.commands]
        for name in dict.fromkeys([*names, *self.list_commands(ctx)]):
            command = self.commands[name]
            if not command.hidden:
                room = formatter.width - _WIDEST_TERM
                by_title[title_of.get(name, last)].append((name, command.get_short_help_str(room)))
        _write(formatter, list(by_title.items()))


def _write(formatter: click.HelpFormatter, sections: Sequence[tuple[str, Entries]]) -> None:
    """Sections of terms and explanations, which begin in the same column throughout."""
    terms = [len(term) for _, entries in sections for term, _ in entries]
    column = max((length for length in terms if length <= _WIDEST_TERM), default=0)
    for title, entries in sections:
        if entries:
            with formatter.section(title):
                formatter.write_dl([(term.ljust(column), words) for term, words in entries], col_max=column)
