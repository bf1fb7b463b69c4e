"""Names in the scripts that people of this country write."""

import pytest

from hackathon.certificates.lettering import families, missing


@pytest.mark.parametrize(
    "name",
    [
        "Zoé Nguyễn Thị Çağrı Œuvray-Łukasiewicz",
        "ᓀᐦᐃᔭᐍᐏᐣ",  # Cree
        "ᐃᓄᒃᑎᑐᑦ",  # Inuktitut
        "Sḵwx̱wú7mesh ʔaq̓am SENĆOŦEN",  # of the Pacific coast
        "محمد العلي",
        "שרה כהן",
        "李小龍 习近平",
        "山田 はなこ",
        "김영희",
        "ਗੁਰਪ੍ਰੀਤ",
        "अनुष्का",
        "தமிழ்",
        "Владимир Ελένη Գոհար გიორგი",
    ],
)
def test_has_the_characters(name: str) -> None:
    assert missing(name) == ""


def test_says_what_it_lacks_once_and_in_order() -> None:
    assert missing("Zoé 😀 ཀ 😀") == "ཀ😀"
    assert missing("A\u200dB\u00a0C") == ""


def test_one_typeface_draws_the_whole_name_where_one_can() -> None:
    assert families("Zoé")[0] == "Source Serif 4"
    assert families("Sḵwx̱wú7mesh")[0] == "BC Sans"
    assert families("はなこ 山田")[0] == "Noto Sans JP"
    assert families("김 영희")[0] == "Noto Sans KR"
    assert sorted(families("は")) == sorted(families("Zoé"))
