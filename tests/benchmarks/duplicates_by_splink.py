"""One febrl set by Splink, trained in its own way: `python duplicates_by_splink.py PEOPLE.csv PAIRS.csv`."""

import sys

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def main(source, target):
    people = pd.read_csv(source, dtype=str)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "property_zip"),
            block_on("last_name", "property_zip"),
            block_on("first_name", "last_name"),
            block_on("property_street1"),
            block_on("property_street2", "property_city"),
            block_on("first_name", "property_city"),
            block_on("last_name", "property_city"),
            block_on("property_zip", "property_state"),
            block_on("property_city"),
        ],
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("property_street1").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("property_street2").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("property_city").configure(term_frequency_adjustments=True),
            cl.ExactMatch("property_state"),
            cl.DamerauLevenshteinAtThresholds("property_zip", [1, 2]).configure(term_frequency_adjustments=True),
        ],
    )
    linker = Linker(DuckDBAPI().register(people), settings)
    rules = [block_on("first_name", "last_name"), block_on("property_zip", "property_city")]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in rules:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.0001).as_pandas_dataframe()
    found.rename(columns={"id_l": "a", "id_r": "b", "match_probability": "score", "match_weight": "weight"})[
        ["a", "b", "score", "weight"]
    ].to_csv(target, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
