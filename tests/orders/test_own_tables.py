"""What the columns of a brand's own table mean is asked once: the next such table is read without."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import FileList, MappingLibrary, Orders, guess_mapping, read_orders
from ownchannel.workspace import Workspace

MARCH = ("march.csv", b"Beleg-Nr;Tag;Summe\n1;31.03.2026;1.250,00\n2;31.03.2026;12,50\n")
APRIL = ("april.csv", b"Summe;beleg-nr ;Tag\n7,50;3;01.04.2026\n")
WIDER = ("wider.csv", b"Beleg-Nr;Tag;Summe;Versand\n4;02.04.2026;5,00;1,00\n")
MEANS = {"order_id": "Beleg-Nr", "ordered_at": "Tag", "item_value": "Summe", "currency": "EUR"}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def goods(orders: Orders) -> Decimal:
    return sum(orders.table["item_value"], Decimal(0))


def test_a_table_is_read_once_its_columns_are_named_and_the_next_one_without_asking(place: Workspace) -> None:
    mine = FileList(place)
    assert mine.add([MARCH]) == ("Not read, and in the list with its reason: march.csv.",)
    assert [*mine.tables] == ["march.csv"]
    guess = guess_mapping(mine.tables["march.csv"])
    assert guess.asks == ("currency",)
    assert mine.name_columns("march.csv", {**guess.fields, "currency": "EUR"}) == ("Added: march.csv.",)
    assert goods(mine.orders()) == Decimal("1262.50")
    again = FileList(place)
    assert again.add([APRIL, WIDER]) == (
        "Added: april.csv.",
        "Not read, and in the list with its reason: wider.csv.",
    )
    assert goods(again.orders()) == Decimal("1270.00")
    april, march, wider = again.report().files
    assert "Read with the columns that you named for march.csv. To change them, add the file" in str(april)
    assert "Read with the columns that you named for march.csv" in str(march)
    assert not wider.was_read
    assert goods(read_orders([MARCH, APRIL], workspace=place)) == Decimal("1270.00")
    assert goods(read_orders([MARCH, APRIL], workspace=place.folder / "other")) == 0


def test_all_that_wait_and_are_alike_are_read_at_once(place: Workspace) -> None:
    mine = FileList(place)
    mine.add([MARCH, APRIL, WIDER])
    assert [*mine.tables] == ["march.csv", "april.csv", "wider.csv"]
    assert mine.name_columns("april.csv", MEANS) == ("Added: march.csv and april.csv.",)
    assert goods(mine.orders()) == Decimal("1270.00")


def test_it_can_be_changed_and_forgotten(place: Workspace) -> None:
    mine = FileList(place)
    mine.add([MARCH])
    mine.name_columns("march.csv", MEANS)
    mine.name_columns("march.csv", MEANS | {"currency": "CHF", "kind": "marketplace", "channel": "Markt"})
    assert (mine.orders().currencies(), mine.orders().channels()) == (("CHF",), {"Markt": "marketplace"})
    assert MappingLibrary(place).names() == ("march.csv",)
    assert MappingLibrary(place).load("march.csv").mapping.currency == "CHF"
    assert mine.add([MARCH]) == ("In the list already: march.csv.",)
    MappingLibrary(place).remove("march.csv")
    assert goods(mine.orders()) == Decimal("1262.50")  # what was read stays
    assert mine.add([APRIL]) == ("Not read, and in the list with its reason: april.csv.",)
    with pytest.raises(ValueError, match=r"No saved mapping is called ‘march\.csv’: none is saved"):
        MappingLibrary(place).remove("march.csv")


def test_platforms_are_recognised_before_what_is_remembered(place: Workspace) -> None:
    rates = ("rates.csv", b"date,from,to,rate\n2026-03-01,EUR,USD,1.10\n")
    means = {"order_id": "from", "ordered_at": "date", "item_value": "rate", "currency": "to"}
    MappingLibrary(place).remember(rates, means)
    assert read_orders(rates, workspace=place).report.files[0].format == "Exchange rates"


def test_what_a_later_file_alone_makes_doubtful_is_said(place: Workspace) -> None:
    MappingLibrary(place).remember(WIDER, MEANS | {"shipping": "Versand"})
    later = ("later.csv", WIDER[1] + b"4;02.04.2026;6,00;1,00\n")
    assert "Versand has one amount on all rows of an order, and counts with each row" in str(
        read_orders(later, workspace=place).report
    )


def test_shapes_of_one_name_are_kept_apart_and_names_are_cut(place: Workspace) -> None:
    assert MappingLibrary(place).remember(MARCH, MEANS) == "march.csv"
    assert MappingLibrary(place).remember(("march.csv", WIDER[1]), MEANS) == "march.csv (2)"
    assert MappingLibrary(place).remember(APRIL, MEANS) == "march.csv"
    long = ("x" * 90 + ".csv", b"No;Tag;Summe\n1;2;3\n")
    assert len(MappingLibrary(place).remember(long, MEANS | {"order_id": "No"})) <= 60
    assert len(MappingLibrary(place).names()) == 3


def test_what_is_kept_is_private_and_holds_names_of_columns_alone(place: Workspace) -> None:
    MappingLibrary(place).remember(MARCH, MEANS)
    (file,) = (place.folder / "mappings").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    kept = json.loads(file.read_text(encoding="utf-8"))["mapping"]
    assert kept["columns"] == ["beleg-nr", "summe", "tag"]
    assert "1.250" not in file.read_text(encoding="utf-8")


def test_a_file_that_is_gone_is_asked_for_again(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "march.csv").write_bytes(MARCH[1])
    mine = FileList(place)
    mine.add(tmp_path / "march.csv")
    (tmp_path / "march.csv").unlink()
    for act in (mine.guess, mine.forget_columns, lambda name: mine.name_columns(name, MEANS)):
        with pytest.raises(
            ValueError, match=r"Add march\.csv again: its columns can be named right after that"
        ):
            act("march.csv")


def test_what_cannot_be_remembered_or_used_is_said(place: Workspace) -> None:
    with pytest.raises(ValueError, match="A column that was named is not in the table"):
        MappingLibrary(place).remember(MARCH, MEANS | {"order_id": "Nummer"})
    mine = FileList(place)
    with pytest.raises(ValueError, match=r"Add march\.csv again: its columns can be named right after that"):
        mine.name_columns("march.csv", MEANS)
    MappingLibrary(place).remember(MARCH, MEANS)
    (file,) = (place.folder / "mappings").iterdir()
    for damaged in ('{"name": "a", "mapping": {"columns": ["a"]}}', '{"name": "a", "mapping": 3}', "x"):
        file.write_text(damaged, encoding="utf-8")
        assert MappingLibrary(place).names() == ()
        said = " ".join(mine.add([MARCH]))
        assert "in the workspace's folder mappings" in said
        mine.clear()
