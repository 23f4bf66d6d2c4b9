"""Two feeds whose files come again with their rows in another order send nothing."""

from drops import Box
from hypothesis import given, settings
from hypothesis import strategies as st
from rotor import opened

PHONES, EMAILS = ["763-555-0100", "763-555-0101", ""], ["ann@example.com", "bob@example.com", "cat@example.com", ""]
ROW = st.fixed_dictionaries(
    {
        "key": st.sampled_from(["", "1", "2", "3"]),
        "phone": st.sampled_from(PHONES),
        "email": st.sampled_from(EMAILS),
        "first_name": st.sampled_from(["Ada", "Bo", "Cy"]),
        "company_name": st.sampled_from(["", "Roofs", "Pipes"]),
        "tags": st.lists(st.sampled_from(["vip", "new"]), unique=True, max_size=2),
    }
)
FILES = st.lists(ROW, min_size=1, max_size=6)


@settings(settings.get_profile("long"))
@given(data=st.data(), keyed=st.booleans(), rows=st.tuples(FILES, FILES))
def test_two_feeds_whose_files_come_in_another_order_send_nothing(data, keyed, rows):
    with opened(keyed=keyed) as office:
        text = office.mapping.read_text()
        boxes = {feed: Box(office, office.folder / feed) for feed in ("one", "two")}
        files = dict(zip(boxes, rows, strict=True))

        def nights(number):
            posts = 0
            for feed, box in boxes.items():
                office.mapping.write_text(text.replace("feed: nightly", f"feed: {feed}"))
                with box.put(f"{number}.csv", files[feed]).open("a") as file:
                    file.write("\n" * number)  # a file that was imported already would not be read
                posts += box.night().posts
            return posts

        number = 0
        while nights(number):
            number += 1
            assert number < 5, "what one feed changes, the other sees once"
        left = office.rotor.customers()
        for more in range(2):
            files = {feed: data.draw(st.permutations(lines)) for feed, lines in files.items()}
            assert nights(number + 1 + more) == 0
            assert office.rotor.customers() == left
