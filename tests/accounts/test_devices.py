"""Browsers and systems in words."""

import pytest

from hackathon.accounts.devices import described

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
PHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {APPLE}"
MAC = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE}"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    "user_agent, device",
    [
        ("Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", "Firefox Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}", "Chrome Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/140.0.0.0", "Edge Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME}", "Chrome ChromeOS"),
        (f"{MAC} Safari/605.1.15", "Safari macOS"),
        (f"{PHONE} Safari/604.1", "Safari iPhone"),
        (f"{PHONE} CriOS/140.0", "Chrome iPhone"),
        ("curl/8.5.0", " "),
        ("", " "),
    ],
)
def test_a_device_in_words(user_agent: str, device: str) -> None:
    assert " ".join(described(user_agent)) == device
