"""The role table of the design, written down once more by hand: what the code grants is held against it.

r: read · w: add and change · d: delete · x: take out as a file · -: nothing
"""

from __future__ import annotations

from app.access import Role

_TABLE = """
                Administrator  Service agency  Regional office  Office manager  Newsletter editor  Reader
organisations   rwdx           rwdx            rwd              rwdx            -                  r
contacts        rwdx           rwd             rwd              rwdx            r                  r
activities      rwdx           rwd             rwd              rwdx            -                  r
events          rwdx           rwdx            rwd              rwdx            -                  r
participations  rwdx           rwdx            rwd              rwdx            -                  r
offers          rwdx           rwdx            rwd              rwdx            -                  r
contracts       rwdx           rwdx            rwd              rwdx            -                  r
figures         rwdx           rwdx            rwd              rwdx            -                  r
materials       rwdx           rwdx            r                r               -                  r
news            rwdx           rwdx            rwd              rwdx            -                  r
newsletters     rwdx           r               -                r               rwdx               -
subscribers     rwdx           -               -                -               rwdx               -
subscribing     rwdx           -               w                w               w                  -
consents        rx             -               -                -               rx                 -
receipts        rx             r               -                r               r                  -
offices         rwdx           rwd             r                r               r                  r
reports         rx             rx              r                rx              rx                 r
staff           rwx            rw              -                rw              -                  -
roles           r              r               -                r               -                  -
"""
_LINES = [line.split() for line in _TABLE.strip().splitlines()[1:]]
_ROLES = (
    Role.ADMINISTRATOR,
    Role.SERVICE_AGENCY,
    Role.REGIONAL_OFFICE,
    Role.OFFICE_MANAGER,
    Role.NEWSLETTER_EDITOR,
    Role.READER,
)

#: The letters of each role in each section.
RIGHTS: dict[Role, dict[str, str]] = {
    role: {section: rights[place].strip("-") for section, *rights in _LINES}
    for place, role in enumerate(_ROLES)
}


def may(role: Role | None, letter: str, section: str) -> bool:
    """Whether a role has a right; nobody (None) has any."""
    return role is not None and letter in RIGHTS[role][section]
