"""What people would write instead: row by row. `python tests/benchmarks/rival_loop.py FILE.csv OUT.csv`.

It knows no directory and no ledger, reports nothing, and takes the export's columns as they are.
"""

import csv
import sys
from pathlib import Path

import phonenumbers
from email_validator import EmailNotValidError, validate_email


def phone(text):
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text):
    for part in text.split(","):
        try:
            return validate_email(part.strip(), check_deliverability=False).normalized.lower()
        except EmailNotValidError:
            continue
    return ""


def main(source, target):
    customers, phones, emails = [], {}, {}
    with Path(source).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            mobile, home = phone(row["Mobile Phone"]), phone(row["Home Phone"])
            row["phone"], row["email"] = mobile or home, email(row["E-mail"])
            found = phones.get(row["phone"]) if row["phone"] else None
            if found is None and row["email"]:
                found = emails.get(row["email"])
            if found is None:
                found = {}
                customers.append(found)
            found.update({name: value for name, value in row.items() if value or name not in found})
            if row["phone"]:
                phones[row["phone"]] = found
            if row["email"]:
                emails[row["email"]] = found
    with Path(target).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(customers[0]))
        writer.writeheader()
        writer.writerows(customers)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
