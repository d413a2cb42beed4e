"""Field tables as the teams send them, for tests."""

from __future__ import annotations

FAMILIES = "family_ref,site,district\nF1,phnom_penh,Dangkao\nF2,siem_reap,Puok\n"
CHILDREN = (
    "child_ref,family_ref,family_name_latin,given_name_latin,name_km,called,sex,born_on,site,"
    "admitted_on,status,status_on,sponsorable,need\n"
    "C1,F1,Sok,Bopha,សុខ បុប្ផា,Bopha,F,2015-03-02,phnom_penh,2019-10-01,in_care,2019-10-01,yes,4\n"
    "C2,F2,Chan,Dara,ចាន់ ដារ៉ា,Dara,M,2012-07-12,siem_reap,2018-01-15,in_care,2018-01-15,yes,2\n"
)
ENROLMENTS = (
    "child_ref,programme,activity,grade,start_on,end_on,outcome\n"
    "C1,education,public_school,4,2024-11-01,2025-08-31,passed\n"
    "C2,education,public_school,6,2025-11-01,,\n"
)
ATTENDANCE = "child_ref,month,days_expected,days_present\nC1,2026-05,20,18\n"
SERVICES = "ref,kind,on,quantity,unit\nC1,meals,2026-06-01,40,meal\nF1,rice,2026-06-01,30,kg\n"
CONSENTS = (
    "child_ref,guardian,scope,granted_on,expires_on,withdrawn_on\n"
    "C1,guardian of C1,portal,2025-01-01,2028-01-01,\n"
)
FLIP = (
    "parent_ref,family_ref,parent_name_latin,course,started_on,completed_on,outcome,outcome_on,loan_usd,loan_partner\n"
    "P1,F1,Sok Maly,cuisine,2012-01-10,2012-06-10,employed,2012-07-01,,\n"
)
SCHOOLS = (
    "school_ref,name,district,renovation_started_on,renovation_completed_on,works\n"
    "S1,Primary school 1,Dangkao,2011-09-05,2012-02-20,roof;latrines\n"
)
DONORS = (
    "donor_ref,kind,title,first_name,last_name,email,address1,postcode,city,country,language,"
    "wants_sponsorship,wish_sex,monthly_eur,payment\n"
    "D1,person,Mme,Claire,Essai,claire@example.org,1 rue des Lilas,78000,Versailles,FR,fr,yes,F,47,card\n"
)
GIFTS = (
    "gift_ref,donor_ref,received_on,amount_eur,mode,purpose,cheque_number,deposit_ref\n"
    "D1-01,D1,2025-12-22,500.00,sepa,general,,\n"
    "D1-02,D1,2026-01-05,47.00,card,sponsorship,,\n"
)
ALL = {
    "families": FAMILIES,
    "children": CHILDREN,
    "enrolments": ENROLMENTS,
    "attendance": ATTENDANCE,
    "services": SERVICES,
    "consents": CONSENTS,
    "flip": FLIP,
    "schools": SCHOOLS,
    "donors": DONORS,
    "gifts": GIFTS,
}


def delivery(**changed: str) -> dict[str, bytes]:
    """All ten tables; a table given by name replaces the usual one."""
    return {f"{name}.csv": text.encode() for name, text in (ALL | changed).items()}
