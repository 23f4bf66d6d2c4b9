"""How long the review step takes: `python tests/benchmarks/review_many_questions.py [QUESTIONS]`.

Each question is a household: two rows of one phone and one last name. Some rows more are rejected.
"""

import csv
import sys
import tempfile
import time
import warnings
from pathlib import Path

from rotor_import.config import Settings
from rotor_import.report.tables import REVIEW
from rotor_import.web.application import application
from rotor_import.web.asked import table_in
from rotor_import.web.desk import Desk
from rotor_import.web.steps.planning import begin_plan
from rotor_import.web.workspace import Workspace

REJECTED = 500
MAPPING = """\
version: 1
fields: {phone: Phone, email: Email, first_name: First, last_name: Last, property_street1: Street}
"""


def name(number):
    return "".join(chr(97 + number // 26**place % 26) for place in range(5)).title()


def rows(questions):
    yield "First", "Last", "Phone", "Email", "Street"
    for at in range(questions):
        for first in ("Tom", "Ann"):
            phone = f"(763) {200 + at // 10_000:03}-{at % 10_000:04}"
            yield first, name(at * 7 + 11), phone, f"{first}{at}@example.com", f"{at} Oak St"
    yield from (("Pat", name(at), "call", "", "") for at in range(REJECTED))


def timed(what, call):
    begun = time.perf_counter()
    answer = call()
    assert answer.status_code == 200, answer.text
    print(f"{what:40} {time.perf_counter() - begun:.3f} s")
    return answer.json() if answer.headers["content-type"].startswith("application/json") else None


def main(questions):
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient  # noqa: PLC0415 - after its warning is off

    folder = Path(tempfile.mkdtemp())
    file, mapping = folder / "clients.csv", folder / "clients.yaml"
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows(questions))
    mapping.write_text(MAPPING)
    desk = Desk(folder / "page")
    desk.begin(lambda _own: (file, file.name), uploaded=False, to="sandbox")
    desk.change(mapping=str(mapping))
    places = {
        "report_dir": folder / "reports",
        "sandbox_state": folder / "s.sqlite",
        "ledger": str(folder / "l.sqlite"),
    }
    workspace = Workspace(Settings(sandbox=True, duplicates="off", **places), desk)
    begin_plan(workspace)
    while (job := workspace.jobs.running) is not None:
        workspace.jobs.wait(job.number, 60)
    print(workspace.plan_summary()["review"])
    asked = table_in(workspace.plan_folder(), REVIEW).get_column("question")
    with TestClient(application(workspace), base_url="http://127.0.0.1") as client:

        def post(where, **values):
            return client.post(where, json={"import": desk.now.id, "bars": [{"kind": "household"}], **values})

        timed("the first page", lambda: client.get("/review"))
        timed("the page", lambda: client.get("/review"))
        timed("its middle", lambda: client.get(f"/review?kind=household&from={questions // 2}"))
        timed("an answer", lambda: post("/review/answer", question=asked[0], word="same"))
        batch = timed("all answers", lambda: post("/review/answer-all", kind="household", word="separate"))
        timed("the page with all answers", lambda: client.get("/review"))
        row = 2 * questions + 2
        timed("a fixed cell", lambda: post("/review/fix", file=0, row=row, column="Phone", value="763-555-0100"))
        timed("all taken back", lambda: post("/review/undo", together=batch["together"]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
