"""What is assumed of any file before its own people are counted."""

from rotor_import.duplicates.levels import FIELDS

SAME_PERSON: dict[str, tuple[float, ...]] = {
    "first": (0.80, 0.07, 0.07, 0.02, 0.04),
    "last": (0.84, 0.03, 0.07, 0.02, 0.04),
    "generation": (0.80, 0.005, 0.005, 0.17, 0.02),
    "company": (0.78, 0.08, 0.06, 0.02, 0.06),
    "number": (0.87, 0.005, 0.05, 0.005, 0.07),
    "street": (0.75, 0.03, 0.12, 0.04, 0.06),
    "extra": (0.64, 0.05, 0.13, 0.05, 0.13),
    "unit": (0.88, 0.005, 0.01, 0.005, 0.10),
    "city": (0.84, 0.005, 0.075, 0.02, 0.06),
    "state": (0.96, 0.005, 0.005, 0.005, 0.025),
    "zip": (0.85, 0.005, 0.08, 0.005, 0.06),
    "phone": (0.05, 0.005, 0.03, 0.005, 0.91),
    "email": (0.45, 0.005, 0.06, 0.005, 0.48),
}
"""How often one person's two records are the same, a variant, a typo away, akin, something else."""

ANYBODY: dict[str, tuple[float, ...]] = {
    "first": (0.005, 0.004, 0.004, 0.015, 0.972),
    "last": (0.001, 0.001, 0.001, 0.008, 0.989),
    "generation": (0.10, 0.005, 0.005, 0.84, 0.05),
    "company": (0.001, 0.002, 0.001, 0.004, 0.992),
    "number": (0.004, 0.001, 0.02, 0.001, 0.974),
    "street": (0.002, 0.002, 0.002, 0.02, 0.974),
    "extra": (0.002, 0.002, 0.002, 0.02, 0.974),
    "unit": (0.05, 0.005, 0.005, 0.005, 0.935),
    "city": (0.03, 0.001, 0.002, 0.01, 0.957),
    "state": (0.3, 0.005, 0.005, 0.005, 0.685),
    "zip": (0.02, 0.001, 0.03, 0.001, 0.948),
    "phone": (0.00001, 0.00001, 0.0003, 0.00001, 0.99967),
    "email": (0.0005, 0.0001, 0.0003, 0.0001, 0.999),
}
"""The same of two records of any two people."""

assert set(FIELDS) == set(SAME_PERSON) == set(ANYBODY)
