from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.errors import InputError
from netopt.network import Network
from netopt.network.edits import as_words
from netopt.ui.draft import Draft


@pytest.fixture
def draft(tiny: Network) -> Draft:
    return Draft(tiny)


def words(draft: Draft) -> list[str]:
    assert draft.now.edits is not None
    return [as_words(edit) for edit in draft.now.edits]


def test_a_draft_begins_as_the_file(draft: Draft, tiny: Network) -> None:
    assert draft.network is tiny
    assert (draft.problems, draft.undoing, draft.redoing, draft.unsaved) == ((), None, None, False)


def test_a_cell_is_read_as_a_file_would_be(draft: Draft) -> None:
    draft.set_cell("facilities", 3, "capacity", " 900 ")
    assert draft.network.facilities.capacity[1].tolist() == [900]
    assert words(draft) == ['facilities[name="Reno"].capacity=900']
    assert draft.network.tables.edits[0]["value"] == "900"
    assert draft.network.tables.path is not None


def test_a_bad_cell_keeps_the_last_good_network_and_says_its_fix(draft: Draft, tiny: Network) -> None:
    draft.set_cell("facilities", 3, "capacity", "abc")
    (problem,) = draft.problems
    assert (problem.source, problem.row, problem.column) == ("facilities table", 3, "capacity")
    assert problem.message == '"abc" is not a number'
    assert problem.fix.startswith("write a number")
    assert draft.network is tiny
    assert draft.now.frames["facilities"]["capacity"].tolist() == [None, "abc", "320"]
    draft.set_cell("facilities", 4, "capacity", "-1")
    assert [each.row for each in draft.problems] == [3, 4]
    draft.set_cell("facilities", 3, "capacity", "200")
    draft.set_cell("facilities", 4, "capacity", "")
    assert draft.problems == ()
    capacity = draft.now.frames["facilities"]["capacity"]
    assert capacity.dtype == np.float64
    assert capacity.tolist()[1] == 200
    assert np.isnan(capacity.tolist()[2])


def test_an_unknown_name_is_said_where_it_stands(draft: Draft) -> None:
    draft.set_cell("lanes", 13, "destination", "Rno")
    (problem,) = draft.problems
    assert (problem.source, problem.row, problem.column) == ("lanes table", 13, "destination")
    assert "did you mean Reno" in problem.fix


def test_the_same_text_is_no_change(draft: Draft) -> None:
    draft.set_cell("facilities", 3, "capacity", "200")
    draft.set_cell("facilities", 2, "capacity", "")
    assert draft.undoing is None


def test_changes_are_undone_and_made_again(draft: Draft, tiny: Network) -> None:
    draft.set_status("Reno", "closed")
    draft.set_cell("facilities", 4, "capacity", "abc")
    assert (draft.undoing, draft.unsaved) == ("facilities row 4, capacity", True)
    draft.undo()
    assert (draft.problems, draft.undoing, draft.redoing) == ((), "Reno: closed", "facilities row 4, capacity")
    draft.undo()
    assert draft.unsaved is False
    pd.testing.assert_frame_equal(draft.network.tables["facilities"], tiny.tables["facilities"])
    draft.redo()
    assert words(draft) == ['facilities[name="Reno"].status=closed']
    draft.set_status("Reno", "open")
    assert draft.redoing is None


def test_a_site_that_is_switched_keeps_what_it_was(tiny: Network) -> None:
    facilities = tiny.tables["facilities"].drop(columns="initial")
    draft = Draft(netopt.read({**tiny.tables.frames, "facilities": facilities}))
    draft.set_status("Oakland", "closed")
    assert draft.network.tables["facilities"]["initial"].tolist()[0] == "existing"
    other = Draft(netopt.read({**tiny.tables.frames, "facilities": facilities}))
    other.set_cell("facilities", 2, "status", "closed")
    pd.testing.assert_frame_equal(other.network.tables["facilities"], draft.network.tables["facilities"])


def test_a_row_is_blank_until_it_is_typed(draft: Draft) -> None:
    row = draft.add_row("lanes")
    assert draft.problems == ()
    assert draft.now.frames["lanes"].loc[row].isna().all()
    draft.set_cell("lanes", row, "origin", "Reno")
    assert [each.column for each in draft.problems] == ["destination"]
    draft.set_cell("lanes", row, "destination", "Boise")
    draft.set_cell("lanes", row, "mode", "air")
    draft.set_cell("lanes", row, "unit_cost", "0.5")
    assert draft.problems == ()
    assert len(draft.network.lanes) == 9
    rebuilt = draft.base.edit(*draft.now.edits or ())
    pd.testing.assert_frame_equal(
        rebuilt.tables["lanes"].reset_index(drop=True), draft.network.tables["lanes"].reset_index(drop=True)
    )


def test_a_blank_row_stays_when_another_cell_is_typed(draft: Draft) -> None:
    row = draft.add_row("facilities")
    draft.set_cell("facilities", 3, "capacity", "900")
    draft.set_status("Dallas", "open")
    assert row in draft.now.frames["facilities"].index
    assert row not in draft.network.tables["facilities"].index


def test_a_new_table(draft: Draft) -> None:
    row = draft.add_row("limits")
    assert "limits" not in draft.network.tables
    for column, text in (("what", "open_sites"), ("type", "fc"), ("at_most", "1")):
        draft.set_cell("limits", row, column, text)
    assert draft.problems == ()
    assert len(draft.network.limits) == 1
    draft.remove_rows("limits", [row])
    assert "limits" not in draft.now.frames
    assert draft.problems == ()


def test_a_row_like_another_one_is_told_to_be_twice_there(draft: Draft) -> None:
    row = draft.add_row("facilities", like=3)
    assert any(each.row in (3, row) for each in draft.problems)
    draft.set_cell("facilities", row, "name", "Sparks")
    assert draft.problems == ()
    assert draft.network.facilities.capacity[-1].tolist() == [200]


def test_what_names_a_row_goes_with_it(draft: Draft) -> None:
    assert draft.remove_rows("facilities", [3]) == 4
    assert draft.problems == ()
    assert "Reno" not in set(draft.now.frames["lanes"]["origin"])
    assert draft.undoing == "facilities: 1 row removed"
    draft.undo()
    assert len(draft.network.lanes) == 8


def test_rows_go_as_they_are_while_something_is_wrong(draft: Draft) -> None:
    draft.set_cell("demand", 9, "quantity", "many")
    assert draft.remove_rows("lanes", [13]) == 0
    assert [each.source for each in draft.problems] == ["demand table"]
    assert 13 not in draft.now.frames["lanes"].index


def test_edits_in_words(draft: Draft) -> None:
    draft.edit("demand[].quantity*=1.5")
    assert draft.network.demand["quantity"].tolist() == [150, 180, 120]
    assert words(draft) == ["demand.quantity*=1.5"]
    with pytest.raises(InputError, match="did you mean Reno"):
        draft.edit("facilities.Rno.capacity=1")
    assert len(words(draft)) == 1


def test_edits_in_words_wait_for_what_is_wrong(draft: Draft) -> None:
    draft.set_cell("facilities", 3, "capacity", "abc")
    with pytest.raises(InputError, match='"abc" is not a number'):
        draft.edit("demand[].quantity*=1.5")


def test_a_new_name_is_used_everywhere(draft: Draft) -> None:
    draft.edit({"table": "groups", "filter": "name=West;member=Reno", "action": "add"})
    draft.edit({"table": "limits", "filter": "what=open_sites;where=Reno;at_most=1", "action": "add"})
    assert draft.set_cell("facilities", 3, "name", "Sparks") == 6
    assert draft.problems == ()
    assert draft.network.facilities.names.array.tolist() == ["Oakland", "Sparks", "Dallas"]
    assert draft.network.tables["lanes"]["origin"].tolist().count("Sparks") == 3
    assert draft.network.tables["groups"]["member"].tolist() == ["Sparks"]
    assert draft.network.tables["limits"]["where"].tolist() == ["Sparks"]
    assert draft.undoing == "Reno is now Sparks"
    rebuilt = draft.base.edit(*draft.now.edits or ())
    assert rebuilt.facilities.names.array.tolist() == ["Oakland", "Sparks", "Dallas"]
    assert draft.set_cell("products", 8, "name", "green tea") == 4
    assert draft.network.products.names.array.tolist() == ["green tea"]


def test_a_new_name_of_a_product_leaves_groups_of_sites_alone(draft: Draft) -> None:
    draft.edit(
        {"table": "groups", "filter": "name=West;member=Reno", "action": "add"},
        {"table": "groups", "filter": "name=West;member=Dallas", "action": "add"},
        {"table": "products", "filter": "name=Reno", "action": "add"},
    )
    row = int(draft.now.frames["products"].index[-1])
    assert draft.set_cell("products", row, "name", "coffee") == 0
    assert draft.network.tables["groups"]["member"].tolist() == ["Reno", "Dallas"]


def test_a_name_that_is_taken_is_refused_at_its_cell(draft: Draft) -> None:
    for taken in ("dallas", "Boise"):
        assert draft.set_cell("facilities", 3, "name", taken) == 0
        assert any((each.row, each.column) in ((3, "name"), (4, "name"), (5, "name")) for each in draft.problems)
        draft.undo()
    assert draft.problems == ()
