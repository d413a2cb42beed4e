"""Values that others number or name: companies, countries, addresses of mail."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.fr import siren

from portal.core.i18n_markers import N_
from portal.core.tables.columns import PlainKind
from portal.core.tables.wording import ValueRefused, say

_ASSIGNED = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW"
)
COUNTRIES = frozenset(_ASSIGNED.split())
"""The officially assigned two-letter codes of ISO 3166-1."""


class Country(PlainKind):
    """A country's ISO 3166-1 alpha-2 code; gives capitals."""

    def read(self, text: str) -> str:
        code = text.upper()
        if code not in COUNTRIES:
            raise ValueRefused(say(N_("is not a country's two-letter code (ISO 3166)")))
        return code


class Email(PlainKind):
    """An address of mail, well written (whether it exists is not asked); the domain in lower case."""

    def read(self, text: str) -> str:
        try:
            return validate_email(
                text, check_deliverability=False, test_environment=True
            ).normalized
        except EmailNotValidError:
            raise ValueRefused(say(N_("is not an e-mail address"))) from None


class Siren(PlainKind):
    """A French company's number at INSEE: nine digits, the last a check digit (Luhn)."""

    def read(self, text: str) -> str:
        try:
            return str(siren.validate(text))
        except ValidationError:
            raise ValueRefused(
                say(N_("is not a SIREN: nine digits whose check digit agrees"))
            ) from None
