"""The FEBRL files as records: invented Australians with known duplicates, a test that every engine should pass."""

import csv
import gzip
from pathlib import Path

from martech.identity.record import Record, read_record

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "martech" / "identity" / "febrl"


def read_febrl(number: int) -> tuple[list[Record], dict[int, int]]:
    """Records and the person of each, for data set 1 (1,000 rows) or 3 (5,000)."""
    records, truth = [], {}
    with gzip.open(FOLDER / f"dataset{number}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row_id, raw in enumerate(csv.DictReader(file, skipinitialspace=True)):
            row = {name.strip(): (value or "").strip() for name, value in raw.items()}
            truth[row_id] = int(row["rec_id"].split("-")[1])
            values = {
                "first_name": row["given_name"],
                "last_name": row["surname"],
                "street": f"{row['address_1']} {row['address_2']}",
                "postcode": row["postcode"],
                "city": row["suburb"],
                "birth_date": row["date_of_birth"],
                "national_id": row["soc_sec_id"],
            }
            records.append(read_record(row_id, values))
    return records, truth
