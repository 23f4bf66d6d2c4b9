"""A night whose folder is on a server, and whose connection there is cut once: whatever it was doing, nothing is lost.

By default at some of the pieces that go over the wire; `--all-boundaries` cuts at each.
"""

import pytest
from file_servers import Wire, s3_server, ssh_server
from places import S3Place, SftpPlace
from rotor import opened

from rotor_import.sync import DropSettings

OLD = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"Old{at}"} for at in range(3)]
NEW = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"New{at}"} for at in range(2)]
DELTA = [{"key": "9", "phone": "763-555-0109", "first_name": "Delta", "tags": ["x" * 150_000]}]
NEVER = 0


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with ssh_server(tmp_path_factory.mktemp("ssh")) as ssh, s3_server() as s3:
        yield {"sftp": ssh, "s3": s3}


@pytest.fixture
def wire(servers, kind):
    one = Wire(servers[kind].port)
    if kind == "sftp":
        servers[kind].trust(servers[kind].port, one.port)
    yield one
    one.close()


def place_of(servers, kind, wire, office):
    if kind == "sftp":
        return SftpPlace(office.folder / "drop", servers[kind], wire.port)
    return S3Place("drop", servers[kind], wire.port)


def put(office, place, name, rows):
    path = office.folder / name
    office.write(rows, path)
    place.put(path)


def two_nights_one_of_which_is_cut(servers, kind, wire, cut_at):
    """How many pieces went over the wire on the first night."""
    with opened(more="drop: delta") as office:
        place = place_of(servers, kind, wire, office)
        for name, rows in (("1.csv", OLD), ("2.csv", NEW), ("3.csv", DELTA)):
            put(office, place, name, rows)
            put(office, place, f"{name}.done", [])
        broken = office.folder / "4.csv"
        broken.write_bytes(b"%PDF-1.7 nothing to import")
        place.put(broken)
        put(office, place, "4.csv.done", [])
        nights, pieces = [], []
        for cut in (cut_at, NEVER):
            wire.arm(cut)
            office.hands.at += 24 * 60 * 60
            nights.append(office.sync(place.address, DropSettings(done_file=True), storage=place.storage))
            pieces.append(wire.pieces)
        found = {one["first_name"] for one in office.rotor.customers()}
        assert found == {"New0", "New1", "Old2", "Delta"}, f"cut at {cut_at}"
        assert sum(night.posts for night in nights) == len(OLD) + len(NEW) + len(DELTA), f"cut at {cut_at}"
        assert place.names() == [], f"cut at {cut_at}"
        assert place.names("processed") == ["1.csv", "2.csv", "3.csv"], f"cut at {cut_at}"
        assert place.names("failed") == ["4.csv", "4.csv.error.txt"], f"cut at {cut_at}"
        assert sum(len(night.summary["drop"]["taken"]) for night in nights) == 3
    return pieces[0]


@pytest.mark.parametrize("kind", ["sftp", "s3"])
def test_wherever_the_connection_is_cut_each_file_is_taken_once(servers, kind, wire, every):
    pieces = two_nights_one_of_which_is_cut(servers, kind, wire, NEVER)
    assert pieces > 20
    chosen = [*range(1, pieces, every(max(1, pieces // 9))), pieces]
    for cut_at in chosen:
        two_nights_one_of_which_is_cut(servers, kind, wire, cut_at)
    print(f"{kind}: cut at {len(chosen)} of {pieces} pieces")  # noqa: T201 - -rP shows it
