"""What is written is checked once more: its office, its links, and what hangs on them."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.access import ForeignRowError, Role, UnscopedStatementError, everything, of_staff, opened
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.activities import Activity
from app.models.categories import Category, Side
from app.models.contacts import Channel, ChannelKind, Contact, Position
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.events import Corner, Event, EventPerson, EventRole, OrganisationRole, PersonRole
from app.models.figures import Figure, Measure
from app.models.languages import Language
from app.models.materials import Material, MaterialVersion
from app.models.newsletters import Newsletter
from app.models.offers import Direction, Offer
from app.models.offices import Office, OfficeKind, OfficePlace
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant, Participation
from app.models.subscribers import Consent, ConsentChannel, ConsentStep, Subscriber, Subscription
from app.models.users import Membership
from tests import factories as make
from tests.access.worlds import network, working_as


@pytest.fixture
def world(database):
    """In each office an organisation, a contact, an event, a contract and what hangs on them; some are shared."""
    world = network()
    world.ids = ids = {}
    for name in ("here", "there"):
        office = getattr(world, name)
        company, club = (
            make.organisation(office, f"Firma {name}"),
            make.organisation(office, f"Verein {name}"),
        )
        person = make.contact(office, f"Mensch {name}", email=f"{name}@example.org", at=company)
        event = make.event(office, f"Markt {name}")
        contract = make.contract(office, company, club, event=event, number=1)
        letter = make.newsletter(office, f"Brief {name}")
        line = make.subscription(make.subscriber(office, f"{name}@example.org"), letter)
        rows = {
            "company": company,
            "club": club,
            "third": make.organisation(office, f"Dritte {name}"),
            "person": person,
            "event": event,
            "contract": contract,
            "letter": letter,
            "subscription": line,
            "subscriber": line.subscriber,
            "consent": make.consent(line),
            "participation": make.participation(event, company),
            "offer": make.offer(event, company),
            "figure": make.figure(event),
            "activity": make.activity(office, organisation=company),
            "material": make.material(office, f"Leitfaden {name}"),
            "staff": world.person if name == "here" else world.stranger,
        }
        ids.update({f"{key} {name}": row.id for key, row in rows.items()})
    shared = {
        "company shared": make.organisation(world.there, "Ministerium", shared=True),
        "event shared": make.event(world.there, "Netzwerktreffen", shared=True),
        "material shared": make.material(world.there, "Leitfaden", shared=True),
    }
    ids.update({key: row.id for key, row in shared.items()})
    database.commit()
    return world


def refuse(row):
    """Add a row, and see it refused."""
    db.session.add(row)
    with pytest.raises((ForeignRowError, RuleBrokenError)) as caught:
        db.session.flush()
    db.session.rollback()
    return caught.value


# --- new rows -------------------------------------------------------------------------------------------------
def test_a_new_row_belongs_to_the_office_of_its_author(world):
    with working_as(world.person):
        row = Organisation(name="Neue", kind=OrganisationKind.COMPANY)
        db.session.add(row)
        db.session.commit()
        assert (row.office_id, row.created_by) == (world.here.id, str(world.person))


@pytest.mark.parametrize("office", ["there", "root", "elsewhere"])
def test_no_row_is_added_to_another_office(world, office):
    """The office above can be seen and so chosen by mistake, which is said at the field."""
    key = getattr(world, office).id
    error = RuleBrokenError if office == "root" else ForeignRowError
    with working_as(world.person):
        assert isinstance(refuse(Contact(last_name="Neu", office_id=key)), error)
        assert isinstance(
            refuse(Organisation(name="Neu", kind=OrganisationKind.COMPANY, office_id=key)), error
        )
        office_row = db.session.get(Office, key)  # None for one that can't be seen
        if office_row is not None:
            refuse(Contact(last_name="Neu", office=office_row))


def test_a_row_is_added_to_an_office_below(world):
    with working_as(world.person):
        db.session.add(Contact(last_name="Neu", office_id=world.branch.id))
        db.session.commit()


def test_who_works_nowhere_adds_nothing(world, database):
    nobody = make.staff(Role.REGIONAL_OFFICE)
    with working_as(nobody):
        refuse(Contact(last_name="Neu"))
        refuse(Contact(last_name="Neu", office_id=world.here.id))


# --- links ----------------------------------------------------------------------------------------------------
def links(ids, end):
    """Each kind of row with a link that leads "here", "there" or to what is "shared"."""
    company, event = ids[f"company {end}"], ids[f"event {end}"]
    local = {"organisation_id": ids["company here"], "event_id": ids["event here"]}
    yield Organisation(name="N", kind=OrganisationKind.COMPANY, parent_id=company)
    yield Event(title="N", model_project_of_id=company)
    yield EventRole(event_id=ids["event here"], organisation_id=company, role=OrganisationRole.FUNDER)
    yield Position(contact_id=ids["person here"], organisation_id=company)
    third = {"contract_id": ids["contract here"], "organisation_id": ids["third here"], "side": Side.COMPANY}
    yield ContractParty(**{**third, "organisation_id": ids["third here"] if end == "here" else company})
    yield Participation(
        **{**local, "organisation_id": ids["club here"] if end == "here" else company}, side=Side.COMPANY
    )
    yield Offer(
        **{**local, "organisation_id": company}, direction=Direction.NEED, category=Category.HANDS, title="N"
    )
    yield Activity(subject="N", organisation_id=company)
    yield Activity(subject="N", organisation_id=ids["company here"], event_id=event)
    if end == "shared":
        return
    hands = {"contract_id": ids["contract here"], "category": Category.HANDS, "text": "Two days"}
    yield Contribution(**hands, giver_id=company)
    yield Contribution(**hands, receiver_id=company)
    yield Activity(subject="N", organisation_id=ids["company here"], contact_id=ids[f"person {end}"])
    yield Activity(subject="N", organisation_id=ids["company here"], contract_id=ids[f"contract {end}"])
    yield Activity(subject="N", organisation_id=ids["company here"], assignee_id=ids[f"staff {end}"])
    yield EventPerson(event_id=ids["event here"], contact_id=ids[f"person {end}"], role=PersonRole.BROKER)
    yield Participant(participation_id=ids["participation here"], contact_id=ids[f"person {end}"], name="N")
    yield Subscriber(email="n@example.org", contact_id=ids[f"person {end}"])
    yield ContractParty(**third, signatory_id=ids[f"person {end}"])


def children(ids, end):
    """Each kind of row that takes over the office of another, below one that is "here" or "there"."""
    contract, event, person = ids[f"contract {end}"], ids[f"event {end}"], ids[f"person {end}"]
    company = ids[f"company {end}"]
    yield Channel(contact_id=person, kind=ChannelKind.PHONE, value="1")
    yield Position(contact_id=person, organisation_id=company)
    yield ContractParty(contract_id=contract, organisation_id=company, side=Side.COMPANY)
    yield Contribution(contract_id=contract, category=Category.HANDS, text="x")
    yield EventRole(event_id=event, organisation_id=company, role=OrganisationRole.FUNDER)
    yield EventPerson(event_id=event, contact_id=person, role=PersonRole.BROKER)
    yield Corner(event_id=event, name="N")
    yield Participation(event_id=event, organisation_id=ids[f"club {end}"], side=Side.COMPANY)
    yield Participant(participation_id=ids[f"participation {end}"], name="N")
    yield Offer(
        event_id=event, organisation_id=company, direction=Direction.NEED, category=Category.HANDS, title="N"
    )
    yield Figure(event_id=event, measure=Measure.HOURS, number=1, source="x")
    yield MaterialVersion(
        material_id=ids[f"material {end}"], language=Language.DUTCH, title="N", link="https://example.org"
    )
    yield Consent(
        subscription_id=ids[f"subscription {end}"],
        step=ConsentStep.CHANGED,
        channel=ConsentChannel.MAIL,
        actor="x",
    )


def others(ids, end):
    """Links of rows that take over the office of one end, and not of the other."""
    yield Subscription(subscriber_id=ids["subscriber here"], newsletter_id=ids[f"letter {end}"])
    yield Contract(event_id=ids[f"event {end}"], broker_id=ids["person here"])
    yield Contract(broker_id=ids[f"person {end}"])
    yield Contract(notary_id=ids[f"person {end}"])


def by_relation(row):
    """Set the links of a row as rows instead of as keys; give their number."""
    found = 0
    with db.session.no_autoflush:
        for relation in db.inspect(type(row)).relationships:
            column = next(iter(relation.local_columns)).key
            if relation.uselist or relation.key == "office" or getattr(row, column) is None:
                continue
            setattr(row, relation.key, db.session.get(relation.mapper.class_, getattr(row, column)))
            setattr(row, column, None)
            found += 1
    return found


def test_links_to_own_and_to_shared_rows_are_kept(world):
    for end in ("here", "shared"):
        for row in links(world.ids, end):
            with working_as(world.person):
                assert by_relation(row)
                db.session.add(row)
                db.session.flush()
                assert row.office_id == world.here.id


def test_links_to_foreign_rows_are_refused_by_key(world):
    rows = [*links(world.ids, "there"), *others(world.ids, "there")]
    for row in rows:
        with working_as(world.person):
            refuse(row)
    assert len(rows) > 20


def test_links_to_foreign_rows_are_refused_by_relation(world):
    """Whatever put a foreign row into the session."""
    relations = 0
    for row in [*links(world.ids, "there"), *others(world.ids, "there")]:
        with working_as(world.person):
            with everything("tests"):
                relations += by_relation(row)
            refuse(row)
    assert relations > 20


def test_a_link_to_a_shared_row_is_refused_where_people_stay_local(world):
    """The people and papers below a shared row aren't shared."""
    with working_as(world.person):
        refuse(
            EventRole(
                event_id=world.ids["event shared"],
                organisation_id=world.ids["company here"],
                role=OrganisationRole.FUNDER,
            )
        )
        refuse(
            Participation(
                event_id=world.ids["event shared"],
                organisation_id=world.ids["company here"],
                side=Side.COMPANY,
            )
        )
        refuse(Figure(event_id=world.ids["event shared"], measure=Measure.HOURS, number=1, source="x"))
        refuse(
            MaterialVersion(
                material_id=world.ids["material shared"],
                language=Language.DUTCH,
                title="N",
                link="https://example.org",
            )
        )


def test_a_row_below_takes_over_the_office_and_no_other(world):
    agent = make.staff(Role.SERVICE_AGENCY, offices=(world.root,))
    for end, office in (("here", world.here), ("there", world.there)):
        for row in children(world.ids, end):
            with working_as(agent):
                row.office_id = world.root.id  # claimed
                if isinstance(row, (Contract, Figure)):  # these may stand alone: the claim may be meant
                    assert isinstance(refuse(row), RuleBrokenError)
                    continue
                db.session.add(row)
                db.session.flush()
                assert row.office_id == office.id, row
    with working_as(world.person):
        for row in children(world.ids, "there"):
            assert isinstance(refuse(row), ForeignRowError)


def test_rows_of_two_offices_are_not_mixed_even_by_who_works_in_both(world):
    """A contract of one region with a contact of another would show the one to the staff of the other."""
    agent = make.staff(Role.SERVICE_AGENCY, offices=(world.root,))
    for row in [*links(world.ids, "there"), *others(world.ids, "there")]:
        row.office_id = world.here.id
        if isinstance(row, Activity) and row.assignee_id:
            continue
        with working_as(agent):
            assert isinstance(refuse(row), RuleBrokenError), row


def test_a_link_is_checked_when_it_changes(world):
    with working_as(world.person):
        own = db.session.get(Activity, world.ids["activity here"])
        own.contact_id = world.ids["person there"]
        refuse(own)
        own = db.session.get(Activity, world.ids["activity here"])
        own.contact_id = world.ids["person here"]
        db.session.commit()


# --- rows that exist ------------------------------------------------------------------------------------------
def loaded_past_the_scope(model, key):
    with everything("tests"):
        return db.session.get(model, key)


WRITES = {
    "company there": Organisation, "company shared": Organisation, "person there": Contact, "event there": Event,
    "event shared": Event, "contract there": Contract, "letter there": Newsletter, "material shared": Material,
    "figure there": Figure, "activity there": Activity, "subscription there": Subscription,
}  # fmt: skip


@pytest.mark.parametrize(("name", "model"), WRITES.items(), ids=WRITES.keys())
def test_a_foreign_row_is_neither_changed_nor_deleted(world, name, model):
    key = world.ids[name]
    field = next(n for n in ("notes", "note", "source", "description", "text") if hasattr(model, n))
    with working_as(world.person):
        setattr(loaded_past_the_scope(model, key), field, "mine")
        with pytest.raises(ForeignRowError):
            db.session.commit()
        db.session.rollback()
        db.session.delete(loaded_past_the_scope(model, key))
        with pytest.raises(ForeignRowError):
            db.session.commit()
        db.session.rollback()
    assert getattr(db.session.get(model, key), field) != "mine"


@pytest.mark.parametrize("expired", [False, True])
@pytest.mark.parametrize("by", ["key", "relation"])
def test_a_row_stays_with_its_office(world, by, expired):
    """Also where the session has forgotten its old office, which it does on every commit."""
    agent = make.staff(Role.SERVICE_AGENCY, offices=(world.root,))
    cases = {"company shared": world.person, "company here": agent, "person here": agent}
    for name, person in cases.items():
        model = Contact if "person" in name else Organisation
        with working_as(person):
            row = db.session.get(model, world.ids[name])
            target = world.branch.id if person is agent else world.here.id
            if expired:
                db.session.expire(row)
            if by == "key":
                row.office_id = target
            else:
                row.office = db.session.get(Office, target)
            refuse(row)
        assert db.session.get(model, world.ids[name]).office_id != target


def test_a_part_is_not_moved_under_a_foreign_row(world):
    with working_as(world.person):
        channel = db.session.scalars(select(Channel)).one()
        channel.contact_id = world.ids["person there"]
        refuse(channel)
        figure = db.session.get(Figure, world.ids["figure here"])
        figure.event_id = world.ids["event there"]
        refuse(figure)
        figure = db.session.get(Figure, world.ids["figure here"])
        figure.event_id = world.ids["event shared"]
        refuse(figure)


def test_a_deleted_row_takes_no_foreign_part_with_it(world):
    with working_as(world.person):
        with everything("tests"):
            part = db.session.scalars(select(Channel).where(Channel.office_id == world.there.id)).one()
        own = db.session.get(Contact, world.ids["person here"])
        own.channels.append(part)
        with pytest.raises((ForeignRowError, RuleBrokenError)):
            db.session.commit()
        db.session.rollback()
    assert len(db.session.get(Contact, world.ids["person there"]).channels) == 1


# --- sharing --------------------------------------------------------------------------------------------------
def visible(world, model):
    with working_as(world.person):
        return db.session.scalars(select(model).where(model.office_id == world.there.id)).all()


def test_figures_are_shared_with_their_event(world):
    event = db.session.get(Event, world.ids["event there"])
    make.figure(event, Measure.VALUE, 5)
    assert visible(world, Figure) == []
    event = db.session.get(Event, world.ids["event there"])
    event.shared = True
    assert len(visible(world, Figure)) == 2
    make.figure(db.session.get(Event, world.ids["event there"]), Measure.HOURS, 5)
    assert len(visible(world, Figure)) == 3
    db.session.get(Event, world.ids["event there"]).shared = False
    assert visible(world, Figure) == []


def test_versions_are_shared_with_their_material(world):
    assert len(visible(world, MaterialVersion)) == 1
    db.session.get(Material, world.ids["material there"]).shared = True
    assert len(visible(world, MaterialVersion)) == 2
    db.session.get(Material, world.ids["material shared"]).shared = False
    assert len(visible(world, MaterialVersion)) == 1


def test_a_figure_takes_over_the_sharing_of_the_event_to_which_it_moves(world):
    figure = make.figure(db.session.get(Event, world.ids["event shared"]), Measure.HOURS, 5)
    key = figure.id
    assert len(visible(world, Figure)) == 1
    db.session.get(Figure, key).event_id = world.ids["event there"]
    assert visible(world, Figure) == []
    db.session.get(Figure, key).event_id = world.ids["event shared"]
    assert len(visible(world, Figure)) == 1
    db.session.get(Figure, key).event_id = None
    assert visible(world, Figure) == []


def test_nobody_shares_a_part_alone(world):
    figure = db.session.get(Figure, world.ids["figure there"])
    figure.shared = True
    version = db.session.get(Material, world.ids["material there"]).versions[0]
    version.shared = True
    make.figure(db.session.get(Event, world.ids["event there"]), Measure.HOURS, 5, shared=True)
    assert visible(world, Figure) == []
    assert len(visible(world, MaterialVersion)) == 1


# --- the consent log ------------------------------------------------------------------------------------------
def test_the_consent_log_is_append_only_for_everybody(world):
    key = world.ids["consent here"]
    admin = make.staff(Role.ADMINISTRATOR)
    editor = make.staff(Role.NEWSLETTER_EDITOR, offices=(world.here,))
    for person in (admin, editor):
        with working_as(person):
            db.session.get(Consent, key).wording = "another"
            with pytest.raises(ForeignRowError):
                db.session.commit()
            db.session.rollback()
            db.session.delete(db.session.get(Consent, key))
            with pytest.raises(ForeignRowError):
                db.session.commit()
            db.session.rollback()
            make.consent(db.session.get(Subscription, world.ids["subscription here"]))
            db.session.commit()


def test_no_bulk_statement_rewrites_the_consent_log(world):
    from sqlalchemy import delete, update

    editor = make.staff(Role.NEWSLETTER_EDITOR, offices=(world.here,))
    for statement in (update(Consent).values(wording="x"), delete(Consent)):
        with working_as(editor), pytest.raises(UnscopedStatementError):
            db.session.execute(statement)


def test_the_database_itself_keeps_the_consent_log(world):
    for statement in (
        "UPDATE consent SET wording = 'x'",
        "DELETE FROM consent",
        "DELETE FROM consent WHERE id = 1",
    ):
        with (
            pytest.raises(DBAPIError, match="the consent log is append only"),
            db.engine.begin() as connection,
        ):
            connection.execute(text(statement))
    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM consent")).scalar()


# --- offices --------------------------------------------------------------------------------------------------
def office(name="Neu", **more):
    return Office(name=name, kind=OfficeKind.REGIONAL_OFFICE, **more)


def test_an_office_is_founded_below_the_own_and_is_the_own_from_then_on(world):
    with working_as(world.person) as scope:
        new = office(parent_id=world.branch.id)
        new.places.append(OfficePlace(name="Ort"))
        db.session.add(new)
        db.session.flush()
        assert scope.writes(new.id)
        assert new.places[0].office_id == new.id
        db.session.add(Contact(last_name="Neu", office_id=new.id))
        db.session.commit()


def test_no_office_is_founded_above_beside_or_apart(world):
    with working_as(world.person) as scope:
        for key in (world.root.id, world.there.id, world.elsewhere.id, None):
            refuse(office(parent_id=key))
        assert scope.offices == {world.here.id, world.branch.id}


def test_an_office_above_or_beside_is_not_changed(world):
    with working_as(world.person):
        for one in (world.root, world.there):
            row = loaded_past_the_scope(Office, one.id)
            row.phone = "1"
            assert isinstance(refuse(row), ForeignRowError)
            db.session.delete(loaded_past_the_scope(Office, one.id))
            with pytest.raises(ForeignRowError):
                db.session.flush()
            db.session.rollback()
            place = OfficePlace(name="Ort", office_id=one.id)
            refuse(place)


def test_an_office_is_not_taken_out_of_the_tree_that_oversees_it(world):
    """A region that moved away would hide its rows from the service agency."""
    both = make.staff(Role.SERVICE_AGENCY, offices=(world.here, world.elsewhere))
    for target, expired in itertools.product((None, world.elsewhere.id, world.there.id), (False, True)):
        with working_as(both):
            row = db.session.get(Office, world.here.id)
            if expired:
                db.session.expire(row)
            row.parent_id = target
            refuse(row)
    with working_as(both):
        db.session.get(Office, world.branch.id).parent_id = world.elsewhere.id
        db.session.commit()
    with everything("tests"):
        assert db.session.get(Office, world.branch.id).parent_id == world.elsewhere.id


# --- accounts -------------------------------------------------------------------------------------------------
def test_a_membership_is_given_in_own_offices_only(world):
    manager = make.staff(Role.OFFICE_MANAGER, offices=(world.here,))
    new = make.staff(Role.READER)
    with working_as(manager):
        db.session.add(Membership(staff_id=new.id, office_id=world.branch.id))
        db.session.commit()
        for key in (world.there.id, world.root.id):
            refuse(Membership(staff_id=new.id, office_id=key))
        row = db.session.scalars(select(Membership).where(Membership.office_id == world.branch.id)).one()
        row.office_id = world.there.id
        refuse(row)


def test_who_is_asked_names_the_scope_by_name(world):
    """The history of a row names who changed it: a person, or a command."""
    with opened(of_staff(world.person.id)):
        row = make.organisation(world.here, "Neue")
        assert row.created_by == row.changed_by == str(world.person)
    row.notes = "x"
    db.session.flush()
    assert (row.created_by, row.changed_by) == (str(world.person), "tests")


def test_figures_of_the_whole_network_are_read_by_all_and_those_of_an_office_by_it(database):
    root = make.office("Servicestelle")
    office, other = make.office("LAG", parent=root), make.office("Jena", parent=root)
    network = make.figure(None, Measure.MARKETPLACES, 250, office_id=root.id)
    own = make.figure(None, Measure.MARKETPLACES, 3, office_id=other.id)
    database.commit()
    assert (network.shared, own.shared) == (True, False)
    with opened(of_staff(make.staff(Role.READER, offices=(office,)).id)):
        assert database.scalars(select(Figure)).all() == [network]


def test_an_office_that_was_chosen_by_mistake_is_named_at_its_field(world, app):
    """The office above is offered by the select, as one may read it."""
    from tests import forms

    agent = make.staff(Role.SERVICE_AGENCY, offices=(world.here,))
    client = make.sign_in(app.test_client(), agent)
    message = ["Choose an office in which you work."]
    answer = forms.send(client, "/contacts/add", last_name="Neu", office=str(world.root.id))
    assert (answer.status, answer.errors) == (200, {"office": message})
    for parent in ("", str(world.root.id)):
        answer = forms.send(client, "/offices/add", name="Neu", parent=parent)
        assert (answer.status, answer.errors) == (200, {"parent": message})
    answer = forms.send(client, f"/offices/edit/{world.here.id}", parent="")
    assert answer.errors == {"parent": ["You can move an office only between offices of your own."]}
