"""Likely typos of the big email providers' domains, and no false alarm."""

import polars as pl
import pytest
from test_normalize import table

from rotor_import.normalize import KeyRules, normalize
from rotor_import.normalize.email_typos import likely_domain, with_typos

TYPOS = {
    "gmail.com": "gmial.com gmai.com gmal.com gamil.com gnail.com gmaill.com gmail.con gmail.co gmail.cm gmail.comm "
    "gmsil.com gmaul.com gmial.con gmail.om gmail.com.com gmails.com",
    "yahoo.com": "yaho.com yahooo.com yhaoo.com yahoo.con yahho.com yahoo.co ahoo.com yahpo.com",
    "hotmail.com": "hotmial.com hotmai.com hotmal.com homail.com hotnail.com hotmail.con hotmaill.com hitmail.com",
    "outlook.com": "outlok.com outloook.com oulook.com outlook.con outlook.co",
    "icloud.com": "iclod.com iclould.com icloud.con icoud.com",
    "aol.com": "aol.con aol.co aol.comm",
    "comcast.net": "comcast.ent comcast.ner concast.net comcat.net",
    "sbcglobal.net": "sbcgloabl.net sbcglobal.ne sbcgobal.net",
    "verizon.net": "verizon.ner verzon.net",
    "att.net": "att.ner att.ent",
    "yahoo.co.uk": "yaho.co.uk",
    "hotmail.fr": "hotmial.fr",
}
_COMMON = """
gmail.com yahoo.com hotmail.com aol.com hotmail.co.uk hotmail.fr msn.com yahoo.fr wanadoo.fr orange.fr comcast.net
yahoo.co.uk yahoo.com.br yahoo.co.in live.com rediffmail.com free.fr gmx.de web.de yandex.ru ymail.com libero.it
outlook.com uol.com.br bol.com.br mail.ru cox.net hotmail.it sbcglobal.net sfr.fr live.fr verizon.net live.co.uk
googlemail.com yahoo.es ig.com.br live.nl bigpond.com terra.com.br yahoo.it neuf.fr yahoo.de alice.it rocketmail.com
att.net laposte.net facebook.com bellsouth.net yahoo.in hotmail.es charter.net yahoo.ca yahoo.com.au rambler.ru
hotmail.de tiscali.it shaw.ca yahoo.co.jp sky.com earthlink.net optonline.net freenet.de t-online.de aliceadsl.fr
virgilio.it home.nl qq.com telenet.be me.com yahoo.com.ar tiscali.co.uk yahoo.com.mx voila.fr gmx.net mail.com
planet.nl tin.it live.it ntlworld.com arcor.de yahoo.co.id frontiernet.net hetnet.nl live.com.au yahoo.com.sg
zonnet.nl club-internet.fr juno.com optusnet.com.au blueyonder.co.uk bluewin.ch skynet.be sympatico.ca windstream.net
mac.com centurytel.net chello.nl live.ca aim.com bigpond.net.au icloud.com proton.me protonmail.com pm.me fastmail.com
zoho.com hey.com gmx.com gmx.at gmx.ch email.com yandex.com inbox.com tutanota.com hushmail.com centurylink.net
suddenlink.net roadrunner.com rr.com q.com embarqmail.com netzero.net frontier.com cableone.net tds.net mchsi.com
mediacombb.net wowway.com wavecable.com hawaii.rr.com twc.com prodigy.net pacbell.net swbell.net ameritech.net
snet.net netscape.net netscape.com compuserve.com cs.com excite.com lycos.com usa.net usa.com consultant.com
myself.com post.com europe.com hotmail.ca hotmail.com.br hotmail.com.mx outlook.fr outlook.es outlook.de outlook.it
outlook.com.br outlook.ie live.se live.dk live.be live.com.mx live.com.pt yahoo.com.ph yahoo.com.vn yahoo.com.tw
yahoo.com.hk yahoo.com.co yahoo.gr yahoo.se yahoo.no yahoo.dk yahoo.ie yahoo.pl naver.com daum.net hanmail.net 163.com
126.com sina.com foxmail.com aliyun.com o2.pl wp.pl onet.pl interia.pl seznam.cz centrum.cz abv.bg ukr.net bk.ru
list.ru inbox.ru btinternet.com talktalk.net virginmedia.com eircom.net telus.net rogers.com bell.net videotron.ca
cogeco.ca xtra.co.nz fibertel.com.ar cloud.com hmail.com cox.com charter.com comcast.com verizon.com att.com
bellsouth.com duck.com pobox.com mindspring.com ptd.net rcn.com zoominternet.net gail.org
"""
COMMON = _COMMON.split()


@pytest.mark.parametrize(("typo", "likely"), [(typo, right) for right, all_ in TYPOS.items() for typo in all_.split()])
def test_a_typo_of_a_big_provider_is_known(typo, likely):
    assert likely_domain(typo) == likely


def test_the_commonest_domains_raise_no_alarm():
    assert len(COMMON) > 200
    assert {domain: likely_domain(domain) for domain in COMMON if likely_domain(domain)} == {}
    assert with_typos(pl.Series([f"ann@{domain}" for domain in COMMON])).is_empty()


def test_a_column_is_searched_as_each_domain_is():
    domains = [*COMMON, *(typo for all_ in TYPOS.values() for typo in all_.split()), "example.com"] * 3
    emails = pl.Series([None if at % 7 == 0 else f"a{at}@{domain}" for at, domain in enumerate(domains)])
    found = with_typos(emails)
    assert dict(found.iter_rows()) == {
        at: likely_domain(domain) for at, domain in enumerate(domains) if at % 7 and likely_domain(domain)
    }


def test_a_typo_is_told_and_sent_as_it_is():
    found = normalize(table(emails=[["Nora@Gmial.com"], ["nora@gmail.com"]]), invalid={})
    assert found.frame.get_column("email").to_list() == ["nora@gmial.com", "nora@gmail.com"]
    [notice] = found.notices
    assert (notice.row, notice.field, notice.value) == (2, "email", "Nora@Gmial.com")
    assert "gmail.com" in notice.reason
    assert "fix_typos" in notice.reason


def test_the_likely_domain_is_sent_if_the_mapping_asks_for_it():
    emails = [["Nora@Gmial.com"], ["nobody", "omar@yaho.com"], None, ["pia@example.com"]]
    found = normalize(table(emails=emails), invalid={}, rules=KeyRules(fix_typos=True))
    assert found.frame.get_column("email").to_list() == ["nora@gmail.com", "omar@yahoo.com", None, "pia@example.com"]
    assert [(one.row, one.value) for one in found.notices] == [
        (2, "Nora@Gmial.com"),
        (3, "nobody"),
        (3, "omar@yaho.com"),
    ]


@pytest.mark.parametrize("count", [1, 400])
def test_a_row_with_a_typo_goes_on_even_where_rows_without_a_valid_email_are_rejected(count):
    emails = [[f"nora{at}@gmail.con"] for at in range(count)]
    found = normalize(table(emails=emails), invalid={"email": "reject"})
    assert not found.rejects
    assert len(found.notices) == count
