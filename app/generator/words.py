"""The words of which invented people, organisations and agreements are made. What stands first is commonest."""

from __future__ import annotations

from app.models.categories import Category
from app.models.offices import State
from app.models.organisations import LegalForm, OrganisationKind, Sector


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LAST_NAMES = _words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein "
    "Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier "
    "Lehmann Köhler Maier Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich "
    "Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm "
    "Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas "
    "Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold "
    "Wolff Pfeiffer Yildiz Kaya Nowak Öztürk Kowalski Çelik Nguyễn Đorđević Søndergaard Łukasiewicz"
)
#: Rarer names are made of two pieces: "Hinterleitner", "Oberbrink".
BEGINNINGS = _words(
    "Hinter Ober Unter Nieder Stein Eichen Linden Buchen Birken Rosen Wester Oster Wald Berg Bach Feld Grün Kirch "
    "Mühl Brück Hohen Lange Breit Klos Sand Lehm Moor Wiesen Hasel Ahorn Tannen Brunn Krumm Neu Alt Hag Holz "
    "Schön Gold"
)
ENDINGS = _words(
    "berger bach leitner meier hofer huber mann hausen stein feld brink kamp horst wieser egger auer bauer müller "
    "schmidt dorf reuter stetter thaler winkler höfer förster"
)

WOMEN = _words(
    "Anna Maria Ursula Monika Petra Sabine Renate Karin Brigitte Andrea Claudia Susanne Birgit Heike Martina "
    "Nicole Stefanie Julia Katrin Anja Christine Gabriele Angelika Barbara Kerstin Silke Melanie Sandra Jana Lena "
    "Laura Sarah Lisa Katharina Johanna Franziska Ulrike Bärbel Käthe Jördis Ayşe Elif Zoë Renée Svenja Mareike"
)
MEN = _words(
    "Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Günter Stefan Christian Uwe Werner Frank Bernd Martin "
    "Dieter Matthias Markus Jörg Ralf Alexander Sebastian Daniel Tobias Jan Lukas Felix Maximilian Paul Jonas "
    "Florian Björn Götz Rüdiger Torsten Holger Kai Mehmet Mustafa Søren André René Łukasz Henning Ole Bastian"
)
TITLES = ("Dr.", "Prof. Dr.", "Dipl.-Ing.")

#: Place, beginning of its postal codes, area code, federal state. The first are the largest.
PLACES = (
    ("Berlin", "10", "030", State.BE),
    ("Hamburg", "20", "040", State.HH),
    ("München", "80", "089", State.BY),
    ("Köln", "50", "0221", State.NW),
    ("Frankfurt am Main", "60", "069", State.HE),
    ("Stuttgart", "70", "0711", State.BW),
    ("Düsseldorf", "40", "0211", State.NW),
    ("Leipzig", "04", "0341", State.SN),
    ("Dresden", "01", "0351", State.SN),
    ("Hannover", "30", "0511", State.NI),
    ("Nürnberg", "90", "0911", State.BY),
    ("Bremen", "28", "0421", State.HB),
    ("Magdeburg", "39", "0391", State.ST),
    ("Erfurt", "99", "0361", State.TH),
    ("Mainz", "55", "06131", State.RP),
    ("Kiel", "24", "0431", State.SH),
    ("Rostock", "18", "0381", State.MV),
    ("Potsdam", "14", "0331", State.BB),
    ("Saarbrücken", "66", "0681", State.SL),
    ("Münster", "48", "0251", State.NW),
    ("Würzburg", "97", "0931", State.BY),
    ("Göttingen", "37", "0551", State.NI),
    ("Tübingen", "72", "07071", State.BW),
    ("Gießen", "35", "0641", State.HE),
    ("Lübeck", "23", "0451", State.SH),
    ("Görlitz", "02", "03581", State.SN),
    ("Müncheberg", "15", "033432", State.BB),
    ("Strausberg", "15", "03341", State.BB),
    ("Bad Belzig", "14", "033841", State.BB),
    ("Röbel/Müritz", "17", "039931", State.MV),
    ("Weißenfels", "06", "03443", State.ST),
    ("Jena", "07", "03641", State.TH),
    ("Nördlingen", "86", "09081", State.BY),
    ("Schwäbisch Hall", "74", "0791", State.BW),
    ("Fürstenwalde/Spree", "15", "03361", State.BB),
    ("Zweibrücken", "66", "06332", State.RP),
    ("Ahrweiler", "53", "02641", State.RP),
    ("Völklingen", "66", "06898", State.SL),
    ("Husum", "25", "04841", State.SH),
    ("Bremerhaven", "27", "0471", State.HB),
)
STREETS = (
    "Hauptstraße", "Bahnhofstraße", "Gartenweg", "Lindenallee", "Schulstraße", "Dorfstraße", "Große Straße", "Am Markt",
    "Mühlenweg", "Kirchplatz", "Goethestraße", "Schillerstraße", "Rosenweg", "Bergstraße", "Am Bahnhof", "Gewerbering",
)  # fmt: skip

#: What a company does, and its field.
TRADES = (
    ("Tischlerei", Sector.CRAFT),
    ("Bäckerei", Sector.CRAFT),
    ("Elektro", Sector.CRAFT),
    ("Malerbetrieb", Sector.CRAFT),
    ("Autohaus", Sector.TRADE),
    ("Buchhandlung", Sector.TRADE),
    ("Getränkehandel", Sector.TRADE),
    ("Maschinenbau", Sector.INDUSTRY),
    ("Druckerei", Sector.INDUSTRY),
    ("Steuerberatung", Sector.CONSULTING),
    ("Kanzlei", Sector.CONSULTING),
    ("Werbeagentur", Sector.IT),
    ("Softwarehaus", Sector.IT),
    ("Apotheke", Sector.HEALTH),
    ("Versicherungsbüro", Sector.FINANCE),
)
COMPANY_FORMS = (
    LegalForm.GMBH,
    LegalForm.GMBH_CO_KG,
    LegalForm.EK,
    LegalForm.UG,
    LegalForm.OHG,
    LegalForm.AG,
)
#: A nonprofit, before the name of its place, its field, and what it is.
CAUSES = (
    ("Freiwilligenagentur", Sector.SOCIAL, OrganisationKind.INTERMEDIARY),
    ("Tafel", Sector.SOCIAL, OrganisationKind.NONPROFIT),
    ("Kunstverein", Sector.CULTURE, OrganisationKind.NONPROFIT),
    ("Musikschule", Sector.CULTURE, OrganisationKind.SCHOOL),
    ("Naturschutzbund", Sector.ENVIRONMENT, OrganisationKind.NONPROFIT),
    ("Turnverein", Sector.SPORT, OrganisationKind.NONPROFIT),
    ("Ruderklub", Sector.SPORT, OrganisationKind.NONPROFIT),
    ("Kita Sonnenblume", Sector.YOUTH, OrganisationKind.NONPROFIT),
    ("Jugendhaus", Sector.YOUTH, OrganisationKind.NONPROFIT),
    ("Grundschule am Park", Sector.EDUCATION, OrganisationKind.SCHOOL),
    ("Seniorenbüro", Sector.SENIORS, OrganisationKind.NONPROFIT),
    ("Hospizverein", Sector.HEALTH, OrganisationKind.NONPROFIT),
    ("Begegnungsstätte", Sector.INTEGRATION, OrganisationKind.NONPROFIT),
    ("Bürgerstiftung", Sector.SOCIAL, OrganisationKind.FOUNDATION),
)
COMPANY_FUNCTIONS = ("Geschäftsführung", "Marketing", "Personal", "Ausbildung", "Sekretariat", "Inhaberin")
CAUSE_FUNCTIONS = (
    "Vorstand",
    "Leitung",
    "Öffentlichkeitsarbeit",
    "Kassenwart",
    "Ehrenamtskoordination",
    "Schulleitung",
)
TAGS = ("Presse", "Jury 2019", "Stammgast", "Beirat", "Moderation")
SOURCES = ("Marktplatz", "Empfehlung", "Website", "Handelsregister", "Telefonat")

#: What companies and nonprofits do for each other.
GIFTS = (
    (Category.HANDS, "Malerarbeiten im Gruppenraum mit fünf Auszubildenden"),
    (Category.HANDS, "Umzugshilfe mit Transporter an einem Samstag"),
    (Category.KNOW_HOW, "Beratung zur Website, zwei Termine"),
    (Category.KNOW_HOW, "Bewerbungstraining für Jugendliche"),
    (Category.GOODS, "Zehn gebrauchte Rechner mit Bildschirm"),
    (Category.GOODS, "Holz für ein Hochbeet"),
    (Category.ROOMS, "Besprechungsraum für die Mitgliederversammlung"),
    (Category.ROOMS, "Lagerfläche für ein halbes Jahr"),
)
RETURNS = (
    (Category.INVOLVEMENT, "Einblick in die Arbeit der Einrichtung für die Belegschaft"),
    (Category.INVOLVEMENT, "Führung durch das Naturschutzgebiet"),
    (Category.CONTACTS, "Vorstellung beim Sommerfest"),
    (Category.HANDS, "Chor singt zur Weihnachtsfeier"),
    (Category.KNOW_HOW, "Workshop über Barrierefreiheit"),
    (Category.OTHER, "Artikel in der Vereinszeitung"),
)
