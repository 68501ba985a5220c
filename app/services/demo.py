"""Demo data."""
from __future__ import annotations
from dataclasses import dataclass

@dataclass(frozen=True)
class Account:
    username: str
    password: str
    title: str

def accounts() -> list[Account]:
    return []

def load() -> bool:
    return False
