"""A small, sound delivery of all ten tables, to write in any form and to spoil one value at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

from portal.core.tables import Checked, Fault, check, read_files
from portal.donations.field_tables import TABLES as GIVING
from portal.programmes.field_tables import TABLES as PROGRAMMES

ALL = (*PROGRAMMES, *GIVING)
TODAY = date(2026, 11, 22)
Rows: TypeAlias = list[dict[str, str]]
Delivery: TypeAlias = dict[str, Rows]

_TEXT = {
    "families": """
family_ref,site,district,head_name_latin,household_size,monthly_income_usd,livelihood,identified_on,identified_by
F00001,phnom_penh,Russey Keo,Chhim Vireak,7,50,water_bindweed,2020-06-25,SW16
F00002,siem_reap,Puok,Nhem Sophea,6,0,none,2011-01-13,SW18
""",
    "children": """
child_ref,family_ref,family_name_latin,given_name_latin,name_km,called,sex,born_on,born_on_is_estimate,site,admitted_on,status,status_on,sponsorable,need
C000001,F00001,Hong,Veasna,ហុង វាសនា,Veasna,M,2018-10-30,yes,phnom_penh,2019-09-10,in_care,2019-09-10,yes,3
C000002,F00002,Nuon,Lida,នួន លីដា,Lida,F,2023-01-27,no,siem_reap,2025-07-19,in_care,2025-07-19,no,5
C000003,,San,Bopha,,,F,2010-11-29,,sihanoukville,2019-10-19,reunited,,,
""",
    "enrolments": """
child_ref,programme,activity,grade,start_on,end_on,outcome
C000001,education,public_school,2,2024-11-01,2025-08-31,passed
C000001,education,public_school,3,2025-11-01,,
C000002,protection,day_care,,2025-07-19,,
""",
    "attendance": """
child_ref,month,days_expected,days_present
C000001,2026-08,21,18
C000001,2026-07,20,20
""",
    "services": """
ref,kind,on,quantity,unit
C000001,meals,2026-10-30,252,meal
F00002,rice,2026-10-30,12.5,kg
""",
    "consents": """
child_ref,guardian,scope,granted_on,expires_on,withdrawn_on
C000001,guardian of C000001,portal,2024-09-11,2027-09-11,
C000001,guardian of C000001,newsletter,2024-09-11,2027-09-11,2026-06-24
""",
    "flip": """
parent_ref,family_ref,parent_name_latin,course,started_on,completed_on,outcome,outcome_on,loan_usd,loan_partner
P0001,F00001,Prak Kalyan,business,2013-11-02,,business,2014-02-19,500,Credit Mutuel Kampuchea
P0002,,Keo Kalyan,sewing,2013-11-06,2014-03-14,seeking,2014-03-14,,
""",
    "schools": """
school_ref,name,district,renovation_started_on,renovation_completed_on,works
S1,Primary school Prek Toal,Russey Keo,2011-09-05,2012-02-20,roof;latrines
""",
    "donors": """
donor_ref,kind,title,first_name,last_name,company_name,siren,email,address1,address2,postcode,city,country,language,phone,since,wants_sponsorship,wish_sex,wish_age_min,wish_age_max,wish_programme,wish_site,monthly_eur,payment,note
D000001,person,Mme,Hélène,Çelik,,,d000001@example.org,"136, rue des Lilas",,20000,Ajaccio,FR,fr,,2019-03-04,yes,F,6,12,education,phnom_penh,30,sepa,"écrit «œuvre»; aime
les lettres"
D000002,company,,,,Le Goff & Fils SARL,732829320,,,,,,GB,en,,,no,,,,,,,,
""",
    "gifts": """
gift_ref,donor_ref,received_on,amount_eur,mode,purpose,cheque_number,deposit_ref
D000001-01,D000001,2025-12-22,500.00,cheque,general,1066088,REM-2025-12
D000001-02,D000001,2026-01-05,30.00,sepa,sponsorship,,
D000002-01,D000002,2026-01-05,1000.00,transfer,programme:food,,
""",
}


def delivery() -> Delivery:
    """The tables as rows of text, one's own to change."""
    return {
        name: list(csv.DictReader(io.StringIO(text.lstrip(), newline="")))
        for name, text in _TEXT.items()
    }


def as_csv(rows: Rows, separator: str = ",", line_end: str = "\n") -> str:
    """The rows as a delimited text."""
    stream = io.StringIO()
    writer = csv.DictWriter(
        stream,
        list(rows[0]),
        delimiter=separator,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if line_end == "\r" else csv.QUOTE_MINIMAL,
    )
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def as_files(tables: Delivery) -> dict[str, bytes]:
    """One CSV a table, in UTF-8."""
    return {f"{name}.csv": as_csv(rows).encode() for name, rows in tables.items()}


def checked(files: Mapping[str, bytes]) -> Checked:
    """What these files are worth, to a portal that knows nothing yet."""
    return check(read_files(files, ALL), ALL, {}, TODAY)


def own_faults(found: Checked) -> list[Fault]:
    """The faults that are not merely those of rows leaning on others."""
    return [fault for fault in found.faults if fault.depends_on is None]
