"""Words of offers and needs that say nothing of what is traded, in German and English."""

from __future__ import annotations

from app.core.ngrams import plain

_GERMAN = """
ab aber alle allem allen aller alles als am an andere anderem anderen anderer anderes auch auf aus bei beim bis
bitte da dafür damit dann das dass dein deine dem den denen der deren des dessen die dies diese diesem diesen
dieser dieses du durch ein eine einem einen einer eines er es etwa etwas euch euer eure für gegen gern gerne hat
haben hier ich ihm ihn ihr ihre ihrem ihren ihrer ihres im in ins ist ja je jede jedem jeden jeder jedes jemand
kann kein keine keinen können könnte man mehr mehrere mein meine mit mittels möchte möchten muss müssen nach
nicht noch nur ob oder ohne per pro rund sehr sein seine seit selbst sich sie sind so soll sollen sowie über um
und uns unser unsere unserem unseren unserer unseres unter viel viele vielen vom von vor während wann war was
weg wegen weil welche welcher wen wenn wer werden wie wir wird wo wohl wollen zu zum zur zwischen eins zwei drei
vier fünf sechs sieben acht neun zehn zwölf zwanzig dreißig hundert paar erste ersten einige einmal angebot
angebote anbieten biete bieten bietet brauche brauchen braucht benötige benötigen benötigt gesucht gesuch suche
suchen sucht wunsch wünschen wünsche bekommen erhalten hilfe hilfen helfen hilft helfer helfern helferin
helferinnen mithilfe unterstützung unterstützen unterstützt nötig dringend geben gibt machen macht kostenlos
kostenfrei unentgeltlich ehrenamtlich verein vereine vereinen vereins firma firmen unternehmen organisation
organisationen team teams leute leuten person personen mensch menschen kollege kollegen mitarbeiter mitarbeitern
mitarbeiterin mitarbeiterinnen mitarbeitende mitarbeitenden tag tage tagen stunde stunden woche wochen monat
monate jahr jahre uhr neu neue neuem neuen neuer neues klein kleine kleinem kleinen kleiner kleines groß große
großem großen großer großes gut gute gutem guten guter gutes montag montags dienstag dienstags mittwoch
mittwochs donnerstag donnerstags freitag freitags samstag samstags sonnabend sonnabends sonntag sonntags
wochenende wochenenden vormittag vormittags nachmittag nachmittags abend abends morgens mittags januar februar
märz april mai juni juli august september oktober november dezember
"""
_ENGLISH = """
a about all also an and any are as at be bring by can could for from give has have help helped helper helpers
helping helps her his how i if in into is it its like looking make may me more most much my need needed needs no
not of offer offered offering offers on one or our out people person per please provide provides seek seeking
she he so some somebody someone support team teams than that the their them there these they this to two three
four five ten up us very want wanted wants we what when where who whom will with would you your day days hour
hours week weeks month months year years free new small big good great monday tuesday wednesday thursday friday
saturday sunday weekend morning afternoon evening january february march june july october december
"""

NOTHING = frozenset(plain(word) for word in (_GERMAN + _ENGLISH).split())

#: What is at the end of half of all compounds: "Malerarbeiten", "Umzugshelfer".
ENDINGS = ("arbeiten", "arbeit", "helferinnen", "helferin", "helfern", "helfer", "hilfen", "hilfe")
