"""Each column of a record stands in one group of its page and form: none is lost, none is there twice."""

from __future__ import annotations

from collections import Counter

import pytest
from flask_babel import force_locale

from app.views import groups
from tests import pages


def test_each_column_of_a_page_stands_in_exactly_one_group(app):
    for view in pages.views(app):
        counted = Counter(groups.columns(view.groups))
        columns = {*view.show_columns, *view.add_columns, *view.edit_columns}
        assert {column: counted[column] for column in columns} == dict.fromkeys(columns, 1), view


def test_rows_have_a_group_of_their_own(app):
    for view in pages.views(app):
        for _title, columns in view.groups:
            assert len(columns) == 1 or not set(columns) & set(view.rows), (view, columns)


def test_a_group_of_which_a_page_has_nothing_is_left_out():
    declared = [("Name", ["first", "last"]), ("Notes", ["notes"])]
    assert groups.shown(declared, ["last"]) == [("Name", ["last"])]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_group_has_a_title_of_its_own(app, language):
    for view in pages.views(app):
        with app.test_request_context(), force_locale(language):
            titles = [str(title) for title, _columns in view.groups]
        assert all(titles)
        assert len(set(titles)) == len(titles), view
