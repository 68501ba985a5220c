"""Which role finds which panel on the start page (r), and takes it as a workbook (x), once more by hand."""

from __future__ import annotations

from app.access import Role

_TABLE = """
                    Administrator  Service agency  Regional office  Office manager  Newsletter editor  Reader
tasks               r              r               r                r               -                  r
followups           r              r               r                r               -                  r
events              r              r               r                r               -                  r
gaps                r              r               r                r               r                  -
recent              r              r               r                r               r                  r
team                r              r               -                r               -                  -
downloads           r              r               -                r               r                  -
contracts_by_year   rx             rx              rx               rx              -                  rx
contracts_by_event  rx             rx              rx               rx              -                  rx
network_events      rx             rx              -                -               -                  -
network_sites       rx             rx              -                -               -                  -
network_offices     rx             rx              -                -               -                  -
newsletters         rx             rx              -                rx              rx                 -
signups             rx             -               -                -               rx                 -
deliveries          r              -               -                -               r                  -
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
NAMES = tuple(name for name, *_letters in _LINES)


def may(role: Role, letter: str, name: str) -> bool:
    """Whether a role has a panel."""
    return next(letter in letters[_ROLES.index(role)] for panel, *letters in _LINES if panel == name)
