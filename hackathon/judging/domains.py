"""Whether two addresses tell of the same organization.

Two people of one mail provider have nothing in common; two of one university may. So the domain of
an address counts, but for the providers below: well-known free mail, the Internet providers of
Canada with what they were called before, and the names that RFC 2606 keeps for examples. The list
is short on purpose: a provider that is missing only asks the organizers one question too many.
"""

from functools import lru_cache

_FREE_MAIL = (
    "aol.com fastmail.com fastmail.fm free.fr gmail.com gmx.com gmx.de gmx.fr gmx.net "
    "googlemail.com hey.com hotmail.ca hotmail.com hotmail.fr hushmail.com icloud.com laposte.net "
    "live.ca live.com live.fr mac.com mail.com mail.ru mailbox.org me.com msn.com orange.fr "
    "outlook.com outlook.fr pm.me posteo.de proton.me protonmail.ch protonmail.com qq.com "
    "riseup.net rocketmail.com sfr.fr tuta.com tutanota.com wanadoo.fr web.de yahoo.ca yahoo.com "
    "yahoo.fr yandex.com yandex.ru ymail.com zoho.com"
)
_INTERNET_PROVIDERS = (
    "bell.net bellaliant.net bellnet.ca b2b2c.ca cgocable.ca cogeco.ca cogeco.net distributel.net "
    "eastlink.ca ebox.ca execulink.com globetrotter.net mts.net mymts.net "
    "northwestel.net oricom.ca primus.ca rogers.com sasktel.net shaw.ca "
    "sogetel.net sympatico.ca tbaytel.net teksavvy.com telus.net telusplanet.net videotron.ca "
    "vianet.ca virginmobile.ca xplornet.ca xplornet.com"
)
_EXAMPLES = "example.com example.net example.org"
PROVIDERS = frozenset(f"{_FREE_MAIL} {_INTERNET_PROVIDERS} {_EXAMPLES}".split())
# Under these, whoever registers a name gets one label more.
_SHARED_NAMES = (
    "ac.jp ac.nz ac.uk ac.za co.jp co.nz co.uk co.za com.au com.br edu.au edu.br gc.ca gob.mx "
    "gouv.fr gov.au gov.uk gouv.qc.ca nhs.uk org.au org.uk "
    "ab.ca bc.ca mb.ca nb.ca nf.ca nl.ca ns.ca nt.ca nu.ca on.ca pe.ca qc.ca sk.ca yk.ca"
)
_SHARED = frozenset(_SHARED_NAMES.split())


def organization_of(address: str) -> str:
    """The domain that somebody registered, without the departments before it: of
    `a@stat.umontreal.ca`, `umontreal.ca`. Empty where it tells of no organization."""
    return _registered(address.rpartition("@")[2].strip(" .").casefold())


@lru_cache(maxsize=4096)
def _registered(host: str) -> str:
    labels = host.split(".")
    if len(labels) < 2 or not all(labels):
        return ""
    for length in range(2, len(labels)):
        domain = ".".join(labels[-length:])
        if domain not in _SHARED:
            return "" if domain in PROVIDERS else domain
    whole = ".".join(labels)
    return "" if whole in PROVIDERS else whole
