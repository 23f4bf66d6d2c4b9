"""Cells of an .xlsx and an .ods as their XML has them, for tests that need them byte by byte."""

import makers


def number(value, style=0):
    return f'<c r="@" s="{style}"><v>{value}</v></c>'


def timed(kind, attribute, value):
    said = f'office:value-type="{kind}" office:{attribute}="{value}"'
    return f"<table:table-cell {said}><text:p>x</text:p></table:table-cell>"


def ods_column(*cells):
    lines = [makers.ods_cell("Name") + makers.ods_cell("Value"), *(makers.ods_cell("x") + cell for cell in cells)]
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    return makers.ods(body=f'<table:table table:name="Sheet">{body}</table:table>')
