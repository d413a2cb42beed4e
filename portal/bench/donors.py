"""Very many donors with gifts of a year, written set by set, as different as real ones."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from portal.core.db import db, transaction

FIRST_NAMES: Final = (
    "Camille", "Anaïs", "Jean-Baptiste", "Élodie", "Noël", "Marguerite", "Loïc", "Ségolène",
    "Ousmane", "Thị Hạnh", "Zoé", "Maximilien", "Françoise", "Théo", "Marie-Antoinette", "Ilyès",
)  # fmt: skip
LAST_NAMES: Final = (
    "Durand", "de La Rochefoucauld", "Nguyễn", "Lefèvre", "Müller", "Garçon", "Peñalver",
    "Le Goff-Kerdoncuff", "Ba", "Œuvrard", "Kowalska", "Martin", "d’Aboville", "Traoré",
)  # fmt: skip
CITIES: Final = (
    "Versailles", "Saint-Germain-en-Laye", "Le Kremlin-Bicêtre", "Aÿ-Champagne", "Lyon", "Brest",
    "Sainte-Marie-aux-Mines", "L’Haÿ-les-Roses",
)  # fmt: skip
STREETS: Final = ("rue de la Paroisse", "avenue du Général-de-Gaulle", "impasse des Œillets")

_DONORS: Final = sa.text("""
insert into donor (public_id, ref, kind, title, first_name, last_name, company_name, legal_form,
  siren, email, phone, address1, address2, postcode, city, country, language, since, note)
select gen_random_uuid(), 'BENCH' || lpad(n::text, 7, '0'), 'person', '',
  (cast(:first as text[]))[1 + n % cardinality(cast(:first as text[]))], (cast(:last as text[]))[1 + (n / 3) % cardinality(cast(:last as text[]))], '', '', '',
  'donor' || n || '@example.org', '', (1 + n % 190) || ' ' || (cast(:street as text[]))[1 + n % 3],
  case n % 9 when 0 then 'Bâtiment ' || chr(65 + n % 20) else '' end,
  lpad((1000 + n % 94000)::text, 5, '0'), (cast(:city as text[]))[1 + n % cardinality(cast(:city as text[]))], 'FR', 'fr',
  date '2020-01-01', ''
from generate_series(1, :count) n""")
_GIFTS: Final = sa.text("""
insert into gift (public_id, ref, donor_id, origin, state, amount_minor, currency, fee_minor,
  refunded_minor, mode, purpose, language, received_on, tax_on, settled_at, cheque_number,
  deposit_ref, attempt)
select gen_random_uuid(), 'G' || d.id || '-' || k, d.id, 'online', 'settled',
  500 + (d.id * 37 + k * 911) % 90000, 'EUR', 0, 0,
  (array['card', 'sepa', 'cheque', 'transfer'])[1 + (d.id + k) % 4],
  (array['general', 'sponsorship'])[1 + d.id % 2], 'fr', paid, paid, paid, '', '', 1
from donor d
cross join lateral (select abs(hashint8(d.id)) % 100 as luck, abs(hashint8(d.id + 7)) as dice) l
cross join lateral (select case when luck < :single then 1 when luck < :single + 45 then :months
  when luck < 95 then 2 + dice % 10 when luck < 99 then 13 + dice % 12 else 25 + dice % 36 end
  as gifts) g
cross join lateral generate_series(1, gifts) k
cross join lateral (select make_date(:year, 1 + (k - 1) % 12, 1 + (d.id % 28)::int) as paid) p
where d.ref like 'BENCH%'""")


def make_donors(count: int, year: int, *, months: int = 12, single: int = 40) -> int:
    """So many donors with settled gifts of a year; how many gifts.

    ``single`` of a hundred gave once, 45 ``months`` times, the others 2 to 60 times.
    """
    lists = {"first": FIRST_NAMES, "last": LAST_NAMES, "city": CITIES, "street": STREETS}
    with transaction() as session:
        session.execute(_DONORS, {"count": count} | {n: list(v) for n, v in lists.items()})
        told = {"year": year, "months": months, "single": single}
        made = session.execute(_GIFTS, told).rowcount  # type: ignore[attr-defined]
    db.session.execute(sa.text("analyze donor"))
    db.session.execute(sa.text("analyze gift"))
    db.session.commit()
    return int(made)
