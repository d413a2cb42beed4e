"""Names for the demonstration: drawn by chance, nobody's."""

from __future__ import annotations

FAMILY_KM = {
    "Hong": "ហុង", "Nuon": "នួន", "San": "សាន", "Phan": "ផាន", "Yim": "យឹម", "Long": "ឡុង",
    "Ros": "រស់", "Tep": "ទេព", "Chan": "ចាន់", "Nhem": "ញ៉ែម", "Ly": "លី", "Heng": "ហេង",
    "Sim": "ស៊ឹម", "Sao": "សៅ", "Pen": "ប៉ែន", "Sok": "សុខ", "Chhim": "ឈឹម", "Meas": "មាស",
    "Kim": "គឹម", "Ouk": "អ៊ុក", "Tan": "តាន់", "Van": "វ៉ាន់", "Chea": "ជា", "Mao": "ម៉ៅ",
    "Keo": "កែវ", "Khiev": "ខៀវ", "Prak": "ប្រាក់", "Chum": "ជុំ", "Duong": "ឌួង",
}  # fmt: skip
GIRLS_KM = {
    "Lida": "លីដា", "Rachana": "រចនា", "Ratana": "រតនា", "Chanthy": "ចន្ធី", "Bopha": "បុប្ផា",
    "Socheata": "សុជាតា", "Nary": "ណារី", "Kunthea": "គន្ធា", "Somaly": "សុម៉ាលី",
    "Sreypov": "ស្រីពៅ", "Sokha": "សុខា", "Kalyan": "កល្យាណ", "Pisey": "ពិសី", "Maly": "ម៉ាលី",
    "Sreymom": "ស្រីមុំ", "Sophea": "សុភា", "Sreyneang": "ស្រីនាង", "Thida": "ធីតា",
    "Davy": "ដាវី", "Vanna": "វណ្ណា",
}  # fmt: skip
BOYS_KM = {
    "Veasna": "វាសនា", "Piseth": "ពិសិដ្ឋ", "Samnang": "សំណាង", "Sambath": "សម្បត្តិ",
    "Vireak": "វីរៈ", "Makara": "មករា", "Kosal": "កុសល", "Dara": "ដារ៉ា", "Chantha": "ចាន់ថា",
    "Bora": "បូរ៉ា", "Ratha": "រដ្ឋា", "Sovann": "សុវណ្ណ", "Visal": "វិសាល", "Phirun": "ភិរុណ",
    "Sokun": "សុគន្ធ", "Rithy": "រិទ្ធី", "Panha": "បញ្ញា", "Vichet": "វិចិត្រ",
    "Sopheak": "សុភ័ក្រ",
}  # fmt: skip
DONOR_FIRST = {
    "Mme": (
        "Agnès", "Anne", "Camille", "Cécile", "Chloé", "Claire", "Élodie", "Françoise", "Hélène",
        "Inès", "Maëlle", "Marie", "Mathilde", "Noëlle", "Odile", "Sophie", "Véronique", "Zoé",
    ),
    "M.": (
        "Alain", "Benoît", "Étienne", "François", "Gaël", "Gilles", "Jean", "Loïc", "Luc",
        "Olivier", "Paul", "Philippe", "Raphaël", "Thierry", "Xavier", "Yves",
    ),
}  # fmt: skip
DONOR_LAST = (
    "Aubertin", "Bérenger", "Chevallier", "Delorme", "d'Estrée", "Fauconnier", "Gauthier",
    "Huguenin", "Jacquemard", "Lefèvre", "Le Goff", "Marchandeau", "Müller", "Nguyen", "O'Hara",
    "Pélissier", "Quéméner", "Rousselin", "Saint-Aubin", "Thévenot", "Vandamme", "Çelik",
)  # fmt: skip
COMPANIES = (
    ("Atelier du Vieux Port SARL", "111111118"),
    ("Menuiserie Delorme SAS", "800000010"),
    ("Thévenot & Filles SARL", "900000001"),
)
CITIES = (
    ("78000", "Versailles"), ("75011", "Paris"), ("69003", "Lyon"), ("44000", "Nantes"),
    ("35000", "Rennes"), ("13008", "Marseille"), ("59800", "Lille"), ("67000", "Strasbourg"),
    ("33000", "Bordeaux"), ("92150", "Suresnes"),
)  # fmt: skip
ABROAD = (
    ("GB", "SW1A 1AA", "London", "en"),
    ("CH", "1204", "Genève", "fr"),
    ("BE", "1050", "Bruxelles", "fr"),
)
STREETS = (
    "rue des Lilas",
    "avenue de la Gare",
    "rue du Moulin",
    "impasse des Tilleuls",
    "quai Voltaire",
)
DISTRICTS = {
    "phnom_penh": ("Sen Sok", "Mean Chey", "Russey Keo", "Dangkao", "Chbar Ampov"),
    "siem_reap": ("Puok", "Prasat Bakong", "Angkor Thum"),
    "sihanoukville": ("Prey Nob", "Stueng Hav"),
}
