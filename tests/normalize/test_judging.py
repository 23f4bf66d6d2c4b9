"""What is decided as columns is what the libraries say of each value: `--examples 50000` tries more than a million."""

import random
import subprocess
import sys

import phonenumbers
import polars as pl
import pytest
from writings import Emails, Phones

from rotor_import.normalize import judging, numbering, odd
from rotor_import.normalize.damage import key_damage
from rotor_import.normalize.emails import normal_email
from rotor_import.normalize.judging import forms, judged
from rotor_import.normalize.odd import Question, Verdict, verdicts
from rotor_import.normalize.phones import normal_phone
from rotor_import.normalize.quick_emails import decided_emails
from rotor_import.normalize.quick_phones import decided_phones

REGIONS = ("US", "CA", "GB", "AU", "MX", "DE")
OTHERS = ("IT", "BR", "AR", "NO", "RU", "KZ", "FI", "FR", "AG", "JM", "NZ", "IN", "CN", "ZZ")
BATCH = 20_000


def batches(writer, count):
    while count > 0:
        yield [writer.one() for _ in range(min(count, BATCH))]
        count -= BATCH


def said(name, value, region):
    """By the library, of one value."""
    damage = key_damage(name, value)
    if damage.fault:
        return "", damage.fault, True
    found = normal_phone(damage.value, region) if name == "phone" else normal_email(damage.value)
    return found.value, "; ".join(one for one in (damage.note, found.reason) if one), False


def differences(name, values, region):
    found = judged(pl.Series(values, dtype=pl.String), region, name, few=0)
    assert found.height == len(set(values))
    rows = found.select("value", "normal", "reason", "damaged").iter_rows()
    return [
        (value, told, said(name, value, region)) for value, *told in rows if tuple(told) != said(name, value, region)
    ]


@pytest.mark.parametrize("region", REGIONS)
def test_every_phone_is_judged_as_the_library_judges_it(region, request):
    for values in batches(Phones(region, 1), 4 * request.config.getoption("--examples")):
        assert not differences("phone", values, region)


@pytest.mark.parametrize("region", OTHERS)
def test_so_it_is_in_regions_with_other_rules(region):
    assert not differences("phone", [Phones("US" if region == "ZZ" else region, 2).one() for _ in range(300)], region)


def test_every_email_is_judged_as_the_library_judges_it(request):
    for values in batches(Emails(1), 24 * request.config.getoption("--examples")):
        assert not differences("email", values, "US")
