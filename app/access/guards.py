"""The last check before a row is written: its office, its links, its rules. No view can forget it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from flask_babel import lazy_gettext as _
from sqlalchemy import Connection, event, inspect, select, update
from sqlalchemy.orm import (
    Mapper,
    RelationshipDirection,
    RelationshipProperty,
    Session,
    UOWTransaction,
    object_session,
)
from sqlalchemy.orm.attributes import History

from app.access import made
from app.access.scope import ForeignRowError, Scope, current
from app.core import clock
from app.core.rules import Problem, RuleBrokenError
from app.core.text import search_document
from app.models.base import AppendOnly, Entity, Lendable, Owned, Scoped, Searchable, Shareable
from app.models.events import Event
from app.models.figures import Figure
from app.models.lists import ListPreference, SavedView
from app.models.materials import Material, MaterialVersion
from app.models.offices import Office
from app.models.templates import EventTemplate, TemplateCorner, TemplateTask
from app.models.users import Membership, Staff

NOT_FOUND = _("This record can't be found in your office.")

# Rows that are shared when the row above them is.
SHARED_WITH: dict[type[Any], tuple[tuple[type[Any], str], ...]] = {
    Event: ((Figure, "event_id"),),
    EventTemplate: ((TemplateTask, "template_id"), (TemplateCorner, "template_id")),
    Material: ((MaterialVersion, "material_id"),),
}
_SEEN = "offices of rows that are linked, as this flush has read them"


@event.listens_for(Session, "before_flush")
def _prepare(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Stamp what changed, and renew the search text of rows whose parts changed."""
    scope, moment = current(), clock.now()
    session.info[_SEEN] = {}
    with session.no_autoflush:
        # The session makes these sets anew at each question: with a thousand rows, that would be most of the work.
        new, deleted = session.new, session.deleted
        touched: dict[int, Entity] = {}
        for row in (*new, *session.dirty, *deleted):
            if not isinstance(row, Entity) or not (row in new or row in deleted or session.is_modified(row)):
                continue
            touched[id(row)] = row
            root = getattr(row, row.part_of, None) if row.part_of else None
            if isinstance(root, Entity) and root not in deleted:
                touched[id(root)] = root
        for row in touched.values():
            if row in deleted:
                continue
            if row in new or inspect(row).transient:
                row.created_at, row.created_by = moment, scope.actor
            row.changed_at, row.changed_by = moment, scope.actor
            row.settle()
            if isinstance(row, Searchable):
                row.search = search_document(*row.search_words(), phones=row.search_phones())


@event.listens_for(Entity, "before_insert", propagate=True)
def _check_insert(mapper: Mapper[Any], connection: Connection, row: Entity) -> None:
    if isinstance(row, Scoped):
        _take_office(mapper, connection, row)
    _take_sharing(mapper, connection, row)
    _check(mapper, connection, row, inserted=True)


@event.listens_for(Entity, "before_update", propagate=True)
def _check_update(mapper: Mapper[Any], connection: Connection, row: Entity) -> None:
    if isinstance(row, AppendOnly):
        message = f"{type(row).__name__} is append-only"
        raise ForeignRowError(message)
    if isinstance(row, Scoped) and inspect(row).attrs.office_id.history.deleted:
        raise RuleBrokenError([Problem("office", _("A record stays with its office."))])
    if isinstance(row, Office):
        _check_move(row)
    _take_sharing(mapper, connection, row)
    _check(mapper, connection, row, inserted=False)


@event.listens_for(Entity, "before_delete", propagate=True)
def _check_delete(_mapper: Mapper[Any], _connection: Connection, row: Entity) -> None:
    if isinstance(row, AppendOnly) or not current().writes(_office_of(row)):
        raise ForeignRowError(type(row).__name__)


@event.listens_for(Owned, "before_insert", propagate=True)
def _check_new_own(_mapper: Mapper[Any], connection: Connection, row: Owned) -> None:
    if row.staff_id is None and current().staff_id is not None:
        row.staff_id = current().staff_id
    _check_own(connection, row)


@event.listens_for(Owned, "before_update", propagate=True)
def _check_own_update(_mapper: Mapper[Any], connection: Connection, row: Owned) -> None:
    if inspect(row).attrs.staff_id.history.deleted:
        raise ForeignRowError(type(row).__name__)
    _check_own(connection, row)


@event.listens_for(Owned, "before_delete", propagate=True)
def _check_own_delete(_mapper: Mapper[Any], _connection: Connection, row: Owned) -> None:
    if not _is_own(row):
        raise ForeignRowError(type(row).__name__)


def _is_own(row: Owned) -> bool:
    scope = current()
    return scope.sees_all or (row.staff_id is not None and row.staff_id == scope.staff_id)


def _check_own(connection: Connection, row: Owned) -> None:
    """Let a person write what is their own, lend it to an office of theirs, and begin with a view that they see."""
    lent = row.office_id if isinstance(row, Lendable) else None
    seen = not isinstance(row, ListPreference) or _sees_view(connection, row)
    if not (_is_own(row) and seen and (lent is None or current().writes(lent))):
        raise ForeignRowError(type(row).__name__)


def _sees_view(connection: Connection, row: ListPreference) -> bool:
    """Whether the view that was chosen is one that the person sees. One that was lent for a while may stay chosen."""
    key, scope = row.default_view_id, current()
    if key is None or scope.sees_all or not inspect(row).attrs.default_view_id.history.has_changes():
        return True
    table = cast("Any", SavedView.__table__)
    found = connection.execute(select(table.c.staff_id, table.c.office_id).where(table.c.id == key)).first()
    if found is None:
        return False
    return found[0] == scope.staff_id or (found[1] is not None and scope.writes(found[1]))


@event.listens_for(Office, "after_insert")
def _enter(_mapper: Mapper[Any], _connection: Connection, office: Office) -> None:
    """An office that was founded below one's own is one's own from then on."""
    current().founded(office)


@event.listens_for(Shareable, "after_update", propagate=True)
def _share(_mapper: Mapper[Any], connection: Connection, row: Shareable) -> None:
    """Share or hide the rows below together with the row."""
    if not inspect(row).attrs.shared.history.has_changes():
        return
    for model, key in SHARED_WITH.get(type(row), ()):
        table = inspect(model).local_table
        connection.execute(update(table).where(table.c[key] == cast("Any", row).id).values(shared=row.shared))


def _office_of(row: Entity) -> int | None:
    if isinstance(row, Office):
        return row.id
    return row.office_id if isinstance(row, Scoped) else None


def _source(mapper: Mapper[Any], row: Entity) -> RelationshipProperty[Any] | None:
    """Give the relation to the row that this one belongs to."""
    return mapper.relationships.get(row.part_of or row.office_from)


def _take_office(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    """Give a new row the office of the row that it belongs to, else the person's own."""
    source = _source(mapper, row)
    key = _key(source, row) if source is not None else None
    if source is not None and key is not None:
        asked = row.office_id
        row.office_id, shared = _facts(connection, source, row, key)
        if row.office_id is None:  # it was deleted a moment ago
            raise RuleBrokenError([Problem(source.key, NOT_FOUND)], origin=row)
        if shared and not current().writes(row.office_id):
            message = _("Another office shares this to be read. Choose one of your own.")
            raise RuleBrokenError([Problem(source.key, message)], origin=row)
        optional = next(iter(source.local_columns)).nullable
        if optional and asked not in {None, row.office_id} and current().writes(asked):
            # Where a row may stand alone, its office was chosen by a person: two choices that disagree.
            message = _("This is of another office than the one that was chosen above.")
            raise RuleBrokenError([Problem(source.key, message)], origin=row)
    elif row.office_id is None:
        row.office_id = current().home


def _take_sharing(mapper: Mapper[Any], connection: Connection, row: Entity) -> None:
    """Share a row below a shared one: when it's new, when it moves, and when somebody tries to share it alone."""
    source = _source(mapper, row)
    if not isinstance(row, Shareable) or source is None or source.mapper.class_ not in SHARED_WITH:
        return
    if inspect(row).persistent and not (
        _changed(source, row) or inspect(row).attrs.shared.history.has_changes()
    ):
        return
    key = _key(source, row)
    row.shared = _facts(connection, source, row, key)[1] if key is not None else _at_root(connection, row)


def _at_root(connection: Connection, row: Any) -> bool:
    """Whether the row is of the topmost office: what it reports of the whole network, the network may read."""
    table = Office.__table__
    found = connection.execute(select(table.c.parent_id).where(table.c.id == row.office_id)).first()
    return found is not None and found[0] is None


def _check_move(office: Office) -> None:
    """Let nobody take an office out of a tree, or into one, in which they don't work."""
    moved: History = inspect(office).attrs.parent_id.history
    scope = current()
    if moved.has_changes() and not all(scope.writes(key) for key in (*moved.deleted, office.parent_id)):
        raise RuleBrokenError(
            [Problem("parent", _("You can move an office only between offices of your own."))]
        )


def _check(mapper: Mapper[Any], connection: Connection, row: Entity, *, inserted: bool) -> None:
    scope = current()
    office_id = _office_of(row)
    if isinstance(row, Office):
        # A new office is judged by the one above it; only who works everywhere founds a root.
        office_id = row.parent_id if inserted else row.id
    if not scope.writes(office_id):
        if inserted and office_id in {*scope.above, None if isinstance(row, Office) else -1}:
            # An office that can be seen, and chosen by mistake.
            field = "parent" if isinstance(row, Office) else "office"
            raise RuleBrokenError([Problem(field, _("Choose an office in which you work."))])
        raise ForeignRowError(type(row).__name__)
    problems = [*row.problems(), *_bad_links(mapper, connection, row, scope, inserted=inserted)]
    if problems:
        raise RuleBrokenError(problems, origin=row)


def _bad_links(
    mapper: Mapper[Any], connection: Connection, row: Entity, scope: Scope, *, inserted: bool
) -> Iterator[Problem]:
    """Yield a problem for each key that leads to a row of another office that isn't shared."""
    for relation in mapper.relationships:
        if relation.direction is not RelationshipDirection.MANYTOONE or relation.key == "office":
            continue
        key = _key(relation, row)
        if key is None or not (inserted or _changed(relation, row)):
            continue
        target = relation.mapper.class_
        if isinstance(row, Membership) and issubclass(target, Staff):
            continue  # who may be added to an office is ruled in services.users
        if issubclass(target, Staff):
            reachable = scope.everywhere or _works_here(connection, key, scope)
        elif issubclass(target, (Scoped, Office)):
            office_id, shared = _facts(connection, relation, row, key)
            # What a row belongs to is of its own office; what it only names may be shared, too.
            shared = shared and relation is not _source(mapper, row)
            home = isinstance(row, Scoped) and issubclass(target, Scoped)
            reachable = shared or (scope.writes(office_id) and (not home or office_id == _office_of(row)))
        else:
            continue
        if not reachable:
            yield Problem(relation.key, NOT_FOUND)


def _key(relation: RelationshipProperty[Any], row: Any) -> int | None:
    column = next(iter(relation.local_columns))
    return cast("int | None", getattr(row, inspect(row).mapper.get_property_by_column(column).key))


def _changed(relation: RelationshipProperty[Any], row: Any) -> bool:
    column = next(iter(relation.local_columns))
    name = inspect(row).mapper.get_property_by_column(column).key
    return bool(inspect(row).attrs[name].history.has_changes())


def _facts(
    connection: Connection, relation: RelationshipProperty[Any], row: Any, key: int
) -> tuple[int | None, bool]:
    """Give the office of the row that is linked, and whether it's shared.

    It's read past the scope: the answer decides, nobody sees it. What this transaction has made needn't be read, and
    what a flush doesn't change is read once in it.
    """
    model = relation.mapper.class_
    linked = inspect(row).dict.get(relation.key)
    if linked is not None and issubclass(model, Scoped) and made.here(linked, key):
        return linked.office_id, issubclass(model, Shareable) and linked.shared
    if linked is None or issubclass(model, Shareable) or inspect(linked).modified:
        return _read(connection, model, key)
    seen = cast("Session", object_session(row)).info[_SEEN]
    if (model, key) not in seen:
        seen[model, key] = _read(connection, model, key)
    found: tuple[int | None, bool] = seen[model, key]
    return found


def _read(connection: Connection, model: type[Any], key: int) -> tuple[int | None, bool]:
    table = cast("Any", model).__table__
    office = table.c.id if model is Office else table.c.office_id
    shared = (table.c.shared,) if issubclass(model, Shareable) else ()
    found = connection.execute(select(office, *shared).where(table.c.id == key)).first()
    return (None, False) if found is None else (found[0], bool(shared and found[1]))


def _works_here(connection: Connection, staff_id: int, scope: Scope) -> bool:
    if staff_id == scope.staff_id:
        return True
    table = cast("Any", Membership.__table__)
    mine = select(table.c.id).where(table.c.staff_id == staff_id, table.c.office_id.in_(scope.offices))
    return connection.execute(mine.limit(1)).first() is not None
