"""Materials: the toolbox, document by document, in several languages."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import FileColumn, LongText, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Entity, Ranked, Searchable, Shareable, by_rank, named
from app.models.languages import Language


class MaterialKind(Titled):
    """What a document is for."""

    GUIDE = "guide", _("Guide")
    TEMPLATE = "template", _("Template")
    FORM = "form", _("Form")
    LETTER = "letter", _("Letter")
    EVALUATION = "evaluation", _("Evaluation")


class Material(Shareable, Searchable, Entity):
    """A document of the toolbox."""

    __tablename__ = "material"

    title: Mapped[ShortText]
    kind: Mapped[MaterialKind] = mapped_column(one_of(MaterialKind))
    description: Mapped[LongText | None]
    public: Mapped[bool] = mapped_column(default=False)

    versions: Mapped[list[MaterialVersion]] = relationship(
        back_populates="material", cascade="all, delete-orphan", **by_rank("MaterialVersion")
    )

    def __str__(self) -> str:
        return self.title

    @property
    def languages(self) -> str:
        """The languages in which the document exists."""
        return ", ".join(str(version.language) for version in self.versions)

    def search_words(self) -> Iterator[str | None]:
        """Find a document by the titles of all its language versions."""
        yield from (self.title, self.description)
        yield from (version.title for version in self.versions)


class MaterialVersion(Ranked, Shareable, Entity):
    """A document in one language: a file, or a link to one. It's shared when the document is."""

    __tablename__ = "material_version"
    __table_args__ = (
        sa.UniqueConstraint(
            "material_id",
            "language",
            info={"field": "language", "message": _("The document already exists in this language.")},
        ),
    )
    part_of = "material"

    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id"), index=True)
    language: Mapped[Language] = mapped_column(one_of(Language))
    title: Mapped[ShortText]
    file: Mapped[str | None] = mapped_column(FileColumn)
    link: Mapped[str | None] = mapped_column(sa.String(500))

    material: Mapped[Material] = relationship(back_populates="versions")

    def __str__(self) -> str:
        return named(self.title, self.language)

    def problems(self) -> Iterator[Problem]:
        """Refuse a version that leads nowhere, and links that a browser would run."""
        if not self.file and not self.link:
            yield Problem("link", _("Add a file or a link."))
        if self.link and not self.link.lower().startswith(("https://", "http://")):
            yield Problem("link", _("A link begins with https:// or http://."))
