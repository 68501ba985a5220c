"""Whom the demo lets in: accounts whose passwords everybody can read, and which open in demo mode only."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from werkzeug.security import generate_password_hash

from app.access.policy import Role, roles_named

FOLDER = Path(__file__).parents[1] / "demo"

# No other password is hashed like this, so the hash alone tells a demo account, in sessions and tokens too:
# without a column, and without a list of names that a real installation might use as well. It may be cheap,
# because there is no secret to protect: the sign-in page prints it.
_METHOD = "pbkdf2:sha256:1000"


@dataclass(frozen=True)
class Account:
    """A demo account. ``offices`` are keys of the demo data."""

    username: str
    password: str
    first_name: str
    last_name: str
    email: str
    roles: tuple[Role, ...]
    offices: tuple[str, ...]

    @property
    def title(self) -> str:
        """The names of the roles, in the language of the reader."""
        return ", ".join(str(role) for role in self.roles)


@cache
def accounts() -> tuple[Account, ...]:
    """Give the demo accounts, in the order in which they are shown."""
    with (FOLDER / "accounts.toml").open("rb") as file:
        rows = tomllib.load(file)["account"]
    return tuple(
        Account(**{**row, "roles": roles_named(row["roles"]), "offices": tuple(row["offices"])})
        for row in rows
    )


def is_known(password: str) -> bool:
    """Whether this is a demo password. Nobody may choose it."""
    return password in {account.password for account in accounts()}


def seal(password: str) -> str:
    """Hash a demo password so that ``is_sealed`` knows it again."""
    return generate_password_hash(password, method=_METHOD)


def is_sealed(hashed: str | None) -> bool:
    """Whether an account with this hash may be used in demo mode only."""
    return (hashed or "").startswith(f"{_METHOD}$")
