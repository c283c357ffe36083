"""What messages say: complete in every language, short, and harmless on a lock screen."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from services.notifications import texts
from services.notifications.domain.message import Rendered, Template
from shared.codes import (
    LANGUAGES,
    ActionField,
    Channel,
    Code,
    LegalDomain,
    Referrer,
    ResidenceGroup,
    ResidenceStatus,
    TargetGroup,
)
from shared.municipality import municipality

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
TRANSLATED = pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {texts.SOURCE}))

GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)

EVERYWHERE = (
    r"\bKIM\b|\bKI\b|asyl|migra|integra|refugee|\bLSBT|\bLGBT|\bAusl|jobcenter|\bamt\b|§|http|www|SGB|AufenthG",
    r"KIM-[0-9A-Z]{4}",  # a reference
    r"\b(submission|case|person|message)-\w",
    r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}",  # a birth date
)
"""Never, in any language: DOMAIN, "Messages must be harmless on a lock screen"."""

FORBIDDEN = {
    "de": r"flücht|aufenthalt|duldung|gesund|krank|behinder|religio|gewalt|schuld|leistung|behörde|beratungsfall|akte",
    "de-x-leicht": r"flücht|aufenthalt|duldung|gesund|krank|behinder|religio|gewalt|schuld|leistung|behörde|akte",
    "en": r"residen|tolerat|permit|health|disab|religio|violen|debt|benefit|office|authorit|nationali|\bcase\b|plan\b",
    "tr": r"ikamet|iltica|sığın|mülteci|sağlık|engel|din\b|şiddet|borç|yardım|daire|makam|göç",
    "ar": r"إقامة|لجوء|لاجئ|صحة|إعاقة|دين|عنف|ديون|إعانة|دائرة|سلطة|هجرة|جنسية",
    "fa": r"اقامت|پناهند|سلامت|معلول|دین\b|خشونت|بدهی|کمک‌هزینه|اداره|مهاجر|تابعیت",
    "kmr": r"penaber|rûniştin|tenduristî|astengdar|\bol\b|tundî|deyn\b|alîkarî|daîre|koçber",
    "uk": r"притул|біжен|дозвіл|здоров|інвалід|реліг|насильс|борг|допомог|відомств|міграц|громадянств",
    "ru": r"убежищ|бежен|вид на жит|здоров|инвалид|религ|насил|долг|пособ|ведомств|мигра|гражданств",
    "fr": r"asile|réfugi|séjour|santé|handicap|religi|violen|dette|allocation|préfecture|office|migra|nationalité",
    "bg": r"убежищ|бежан|пребивав|здрав(?!ейте)|увреждан|религи|насил|дълг|помощ|служба|ведомств|мигра|гражданств",
    "ro": r"azil|refugi|ședere|sănăt|dizabil|religi|violen|datori|ajutor|oficiu|autorit|migra|cetăț",
    "pl": r"azyl|uchodź|pobyt|zdrow|niepełnospraw|religi|przemoc|dług|zasił|urząd|migra|obywatel",
    "it": r"asilo|rifugi|soggiorno|salute|disabil|religi|violen|debit|sussid|ufficio|autorità|migra|cittadinanza",
    "sq": r"azil|refugj|qëndrim|\bshëndet|aftësi|fetar|dhun|borxh|ndihm|zyr|autoritet|migra|shtetësi",
    "ti": r"ዑቕባ|ስደተ|መንበሪ|ጥዕና|ስንክልና|ሃይማኖት|ዓመጽ|ዕዳ|ሓገዝ|ቤት ጽሕፈት|ዜግነት",
}


AN_AFTERNOON = datetime(2026, 9, 23, 12, 30, tzinfo=UTC)
"""A Wednesday, half past two in Berlin: long words in most languages."""

ADDRESSES = [place.address for organisation in municipality().organisations for place in organisation.places]


def when_and_where(language: str, address: str | None = None) -> str:
    return texts.appointment(AN_AFTERNOON, address or max(ADDRESSES, key=len), language)


def said(language: str) -> list[Rendered]:
    """Everything that is ever said in a language."""
    return [say(template, channel, language) for template, channel in texts.BODIES]


def say(template: Template, channel: Channel, language: str) -> Rendered:
    return texts.render(
        template,
        channel,
        language,
        sender=municipality().sender,
        phone=municipality().call_back,
        appointment=when_and_where(language),
    )


def segments(text: str) -> int:
    """How many parts a text message takes (3GPP TS 23.038): 160 septets or 70 UTF-16 units, of several 153 or 67."""
    plain = set(text) <= GSM_7
    length = len(text) if plain else len(text.encode("utf-16-be")) // 2
    one, of_many = (160, 153) if plain else (70, 67)
    return 1 if length <= one else -(-length // of_many)


@EVERY_LANGUAGE
def test_a_text_message_takes_at_most_two_segments(language: str):
    message = texts.render(
        Template.CONFIRMATION, Channel.SMS, language, sender=municipality().sender, phone=municipality().call_back
    )

    assert segments(message.body) <= 2
    assert message.subject is None


@EVERY_LANGUAGE
@pytest.mark.parametrize("template", texts.OF_APPOINTMENTS)
def test_a_text_message_about_an_appointment_takes_at_most_three_segments(language: str, template: Template):
    assert segments(say(template, Channel.SMS, language).body) <= 3


@EVERY_LANGUAGE
@pytest.mark.parametrize("template", texts.OF_APPOINTMENTS)
def test_a_message_about_an_appointment_says_when_and_where(language: str, template: Template):
    for channel in (Channel.SMS, Channel.EMAIL):
        body = say(template, channel, language).body
        assert "14:30" in body
        assert max(ADDRESSES, key=len) in body
        assert "23" in body
        assert "{" not in body


def test_the_day_is_said_in_the_readers_language():
    assert when_and_where("de", "Musterplatz 1") == "Mittwoch, 23. September 2026, 14:30, Musterplatz 1"
    assert when_and_where("kmr", "Musterplatz 1").startswith("çarşem, 23ê")
    assert when_and_where("ar", "Musterplatz 1") == "الأربعاء، 23 سبتمبر 2026، 14:30، \u2066Musterplatz 1\u2069"
    assert texts.appointment(AN_AFTERNOON, None, "en") == "Wednesday, September 23, 2026, 14:30"
    assert texts.appointment(None, None, "en") == ""


@pytest.mark.parametrize("language", ["de", "de-x-leicht", "en", "fr", "it"])
def test_where_the_plain_alphabet_suffices_it_is_one_segment(language: str):
    message = texts.render(
        Template.CONFIRMATION, Channel.SMS, language, sender=municipality().sender, phone=municipality().call_back
    )

    assert segments(message.body) == 1


@EVERY_LANGUAGE
def test_a_message_is_harmless_on_a_lock_screen(language: str):
    for message in said(language):
        shown = f"{message.subject or ''}\n{message.body}"
        for pattern in (*EVERYWHERE, FORBIDDEN[language]):
            assert not re.search(pattern, shown, re.IGNORECASE), (language, pattern)


@EVERY_LANGUAGE
def test_a_message_names_no_office_no_topic_and_no_status(language: str):
    kinds: tuple[type[Code], ...] = (
        ActionField,
        LegalDomain,
        Referrer,
        ResidenceGroup,
        ResidenceStatus,
        TargetGroup,
    )
    labels = {code.label.lower() for kind in kinds for code in kind}
    names = {organisation.name.lower() for organisation in municipality().organisations}
    for message in said(language):
        shown = re.findall(r"[\w ]+", f"{message.subject or ''}\n{message.body}".lower())
        words = {word for part in shown for word in (part.strip(), *part.split())}
        assert not words & (labels | names)


@EVERY_LANGUAGE
def test_a_message_says_from_whom_it_is_and_where_to_call(language: str):
    for message in said(language):
        assert municipality().sender in message.body
        assert municipality().call_back.replace(" ", "") in message.body


@EVERY_LANGUAGE
def test_only_the_call_back_number_is_a_number(language: str):
    for message in said(language):
        shown = message.body.replace(when_and_where(language), "")
        numbers = re.findall(r"\d+", f"{message.subject or ''}\n{shown}")
        assert numbers == [municipality().call_back.replace(" ", "").lstrip("+")]


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_the_number_keeps_its_direction_among_letters_from_right_to_left(language: str):
    for message in said(language):
        assert f"\u2066{municipality().call_back.replace(' ', '')}\u2069" in message.body


@TRANSLATED
def test_no_translation_is_missing_stale_or_has_other_placeholders(language: str):
    file = texts.CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as lines:
        entries = {entry.id: entry for entry in read_po(lines, abort_invalid=True) if entry.id}

    assert set(entries) == {*texts.BODIES.values(), *texts.SUBJECTS.values()}
    for source, entry in entries.items():
        assert entry.string
        assert not entry.fuzzy
        assert placeholders(entry.string) == placeholders(source)


def test_what_is_not_translated_is_not_sent_in_english(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(texts.BODIES, (Template.CONFIRMATION, Channel.SMS), "Something new")

    with pytest.raises(LookupError):
        texts.render(Template.CONFIRMATION, Channel.SMS, "tr", sender="Beratung", phone="+491")


def test_a_language_without_its_catalogue_is_refused():
    with pytest.raises(LookupError, match="no compiled catalogue"):
        texts.render(Template.CONFIRMATION, Channel.SMS, "xx", sender="Beratung", phone="+491")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
