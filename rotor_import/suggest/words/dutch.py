"""Dutch headers."""

from rotor_import.suggest.words.language import Language

DUTCH = Language(
    concepts={
        "firstname": "voornaam, voornamen, roepnaam",
        "lastname": "achternaam, familienaam",
        "nameprefix": "tussenvoegsel, tussenvoegsels, voorvoegsel",
        "name": "naam",
        "fullname": "volledige naam, voor en achternaam, voornaam achternaam, klantnaam, naam klant, contactpersoon",
        "company": "bedrijf, bedrijfsnaam, onderneming, organisatie, firmanaam, handelsnaam, bedrijfs",
        "source": "bron, herkomst, doorverwezen door, hoe heeft u ons gevonden",
        "tags": "labels, categorie, categorieen, groep, groepen, trefwoorden, klantgroep",
        "notes": "opmerking, opmerkingen, notitie, notities, aantekening, aantekeningen, omschrijving",
        "status": "actief, inactief, gearchiveerd",
        "servicetype": "soort dienst, dienst, type dienst",
        "frequency": "frequentie",
        "email": "e mailadres, emailadres, mailadres, e mail adres",
        "phone": "telefoon, telefoonnummer, telefoonnr, belnummer",
        "mobile": "mobiel, mobieltje, mobielnummer, mobiele, mobiele telefoon, gsm nummer",
        "landline": "vaste, vast, vaste telefoon",
        "number": "nummer, nr, numm",
        "id": "kenmerk, sleutel",
        "work": "werk, zakelijk, kantoor",
        "personal": "prive",
        "main": "hoofd, voorkeur",
        "other": "overig, overige, andere, ander, extra, tweede",
        "customer": "klant, klanten, contact, relatie, lid, deelnemer, debiteur, ontvanger",
        "address": "adres, volledig adres, adressen, adresgegevens, postadres",
        "street": "straat, straatnaam, straat en huisnummer, adresregel",
        "housenumber": "huisnummer, huisnr",
        "unit": "toevoeging, huisnummer toevoeging, huisnummertoevoeging, appartement, bus",
        "city": "plaats, woonplaats, stad, plaatsnaam, gemeente",
        "state": "provincie",
        "zip": "postcode",
        "country": "land",
        "billing": "factuur, facturatie, factuur adres",
        "shipping": "aflever, bezorg, levering, verzend",
        "service": "service, werkadres",
        "home": "thuis, woning",
        "else": (
            "eigenaar, toegewezen, medewerker, verkoper, monteur, vertegenwoordiger, accountmanager, partner, "
            "echtgenoot, echtgenote, vader, moeder, zoon, dochter, noodgeval, noodcontact, aangemaakt, gewijzigd, "
            "gebruiker, leverancier, beheerder, huurder, verhuurder, assistent, behandelaar, adviseur, "
            "verantwoordelijke"
        ),
        "fact": "datum, tijd, toestemming, soort",
        "invoice": (
            "factuurnummer, factuurnr, bestelling, order, offerte, ordernummer, offertenummer, bon, opdracht, "
            "bestelnummer, afspraak"
        ),
        "row": "rij, regel, rijnummer, regelnummer, volgnummer",
        "account": "rekening, account",
        "card": "creditcard, kaartnummer, creditcardnummer, kredietkaart",
        "ssn": (
            "bsn, burgerservicenummer, paspoort, paspoortnummer, rijbewijs, identiteitskaart, "
            "rijksregisternummer, rijbewijsnummer, sofinummer"
        ),
        "taxid": "btw nummer, btw nr, kvk nummer, kvk, btw",
        "bank": "rekeningnummer, bankrekening, bankrekeningnummer",
        "password": "wachtwoord, toegangscode portaal",
        "gatecode": "toegangscode, poortcode, deurcode, alarmcode, sleutelkluis, code sleutelkluis, sleutelcode",
        "birthdate": "geboortedatum, verjaardag, geb datum, geboren, geboortejaar",
    },
    fillers="de het een van en uw",
    values={
        "yes": "waar",
        "no": "nee onwaar",
        "active": "actief",
        "inactive": "inactief gearchiveerd",
    },
)
