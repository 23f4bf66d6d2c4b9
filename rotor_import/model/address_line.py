"""An address in one line."""

from __future__ import annotations

from rotor_import.model.fields import ADDRESSES, Values


def address_line(values: Values, unit: str) -> str:
    """The filled parts of `property_address` or `billing_address`, as people write them."""
    street1, street2, city, state, zip_code, country = (str(values.get(name, "")) for name in ADDRESSES[unit])
    return ", ".join(filter(None, (street1, street2, city, " ".join(filter(None, (state, zip_code))), country)))
