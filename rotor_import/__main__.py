"""`python -m rotor_import` is the program."""

from rotor_import.cli import main

main()
