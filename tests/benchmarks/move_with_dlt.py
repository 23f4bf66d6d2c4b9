"""Moves a CSV file into a DuckDB database with dlt: `python move_with_dlt.py FILE.csv FOLDER default|parquet|frames`.

It runs in an environment of its own, for dlt is no part of this project. The file is read by dlt's filesystem source
and `read_csv_duckdb`, of which its documents say that it is usually quicker than their other reader, of pandas.

- `default` leaves everything else as it is: rows are loaded by INSERT statements.
- `parquet` loads them as Parquet, as the documents suggest for DuckDB.
- `frames` hands on Arrow tables too (`use_pyarrow=True`), whose cells dlt itself never looks at.

It prints how many rows came through.
"""

import sys
from pathlib import Path

import dlt
from dlt.sources.filesystem import filesystem, read_csv_duckdb


def main(file, folder, way):
    read = read_csv_duckdb(use_pyarrow=way == "frames")
    rows = filesystem(bucket_url=str(file.parent), file_glob=file.name) | read
    pipeline = dlt.pipeline(
        "export",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "database.duckdb")),
        dataset_name="moved",
    )
    pipeline.run(rows.with_name("customers"), loader_file_format=None if way == "default" else "parquet")
    print(pipeline.last_trace.last_normalize_info.row_counts["customers"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
