import pytest

from assistant.text.values import whole


@pytest.mark.parametrize(
    ("text", "marked", "found"),
    [
        ("It runs from 4 to 9 August 2026 in Linden.", "9 August", "4 to 9 August 2026"),
        ("It ran on August 4–9, 2026.", "August 4", "August 4–9, 2026"),
        ("In early 2026 it closed.", "2026", "early 2026"),
        ("A fund of HK$25 million.", "25", "HK$25 million"),
        ("From US$5 million to US$10 million.", "5 million", "US$5 million to US$10 million"),
        ("It cost 3.5 million yuan.", "3.5", "3.5 million yuan"),
        ("Within six to 12 months.", "12", "12 months"),
        ("It rose by 30.6 per cent.", "30.6", "30.6 per cent"),
        ("It takes 12 to 15 passengers.", "15", "12 to 15 passengers"),
        ("At least 1,641 reports.", "641", "1,641"),
        ("On 4 May 1931 two left.", "4 May", "4 May 1931"),
        ("Of 20 boats 15 were lost in 2024.", "15", "15"),
        ("The 2024/25 plan.", "2024", "2024/25"),
        ("It lies in Kwun Tong.", "Kwun T", "Kwun Tong"),
        ("They came from the U.S. by boat.", "U.S", "U.S."),
        ("It is made by Tarrant Ltd. in Leeds.", "Tarrant Ltd", "Tarrant Ltd."),
        ("The motor draws max. 900 W.", "900", "max. 900 W"),
        ("It is laid down in para. 7 of the terms.", "in para", "in para. 7"),
        ("It was tested on 4. May 2026 by her.", "May 2026", "4. May 2026"),
        ("Sie kam am 3. Juni 2026 an.", "3", "3. Juni 2026"),
        ("Die Tage vom 3. bis 9. Juni waren warm.", "9", "3. bis 9. Juni"),
        ("Es geschah am 3. 6. 2026 in Graz.", "2026", "3. 6. 2026"),
        ("Il part le 3 juin 2026.", "juin", "3 juin 2026"),
        ("Vino el 3 de junio de 2026.", "junio", "3 de junio de 2026"),
        ("Es kostete 2,5 Mio. Euro.", "5", "2,5 Mio. Euro"),
        ("Die Summe ist 1.410.250,75 € hoch.", "410", "1.410.250,75 €"),
        ("La somme est 1 410 250,75 € en tout.", "410", "1 410 250,75 €"),
        ("Order it under Tel. 0471 22 90.", "22", "Tel. 0471 22 90"),
        ("It closes at 5 p.m. on Fridays.", "5", "5 p.m."),
        ("Obst, z. B. Pflaumen, ist billig.", "B", "z. B."),
        ("Er fährt 60 km/h und mehr.", "60", "60 km/h"),
        ("It is for 5 a day.", "5", "5"),
        ("It costs 46. The next costs more.", "46", "46"),
        ("He said no.", "no", "no"),
        ("It opens at noon.", "noon", "noon"),
    ],
)
def test_no_piece_of_a_value_or_a_word_is_shown(text: str, marked: str, found: str) -> None:
    at = text.index(marked)
    assert text[slice(*whole(text, (at, at + len(marked))))] == found
