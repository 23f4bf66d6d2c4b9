"""German headers."""

from rotor_import.suggest.words.language import Language

GERMAN = Language(
    concepts={
        "firstname": "vorname, vornamen, rufname",
        "lastname": "nachname, familienname, zuname",
        "name": "name",
        "fullname": (
            "vollstandiger name, ganzer name, vor und nachname, vorname nachname, name vorname, nachname vorname, "
            "vorname und nachname, kundenname, ansprechpartner"
        ),
        "company": "firma, firmenname, unternehmen, firmen, betrieb, organisation, firmenbezeichnung",
        "source": "quelle, herkunft, empfohlen von, wie haben sie von uns erfahren, lead quelle",
        "tags": (
            "schlagworte, schlagwort, stichworte, kategorie, kategorien, gruppe, gruppen, kundengruppe, kundentyp"
        ),
        "notes": (
            "bemerkung, bemerkungen, notiz, notizen, anmerkung, anmerkungen, kommentar, kommentare, beschreibung"
        ),
        "status": "aktiv, inaktiv, archiviert",
        "servicetype": "leistung, leistungsart, dienstleistung",
        "frequency": "haufigkeit, turnus, intervall",
        "email": "mailadresse, emailadresse, e mail adresse, elektronische post",
        "phone": "telefon, rufnummer, fon, fernsprecher, tel nr, telefonnr, telefonnummer",
        "mobile": "handy, mobil, mobilfunk, mobiltelefon, funk, handynummer, mobilnummer",
        "landline": "festnetz, festnetznummer",
        "number": "nummer, nr",
        "id": "kennung, schlussel, kennzeichen",
        "work": "geschaftlich, dienstlich, buro, beruflich, arbeit, firma tel",
        "personal": "privat",
        "main": "haupt, bevorzugt",
        "other": "sonstige, weitere, andere, weiteres, alternativ, zweite",
        "customer": "kunde, kunden, kundin, kontakt, kontaktperson, auftraggeber, mitglied, interessent, empfanger",
        "address": "adresse, anschrift, postanschrift, komplette adresse, adressen",
        "street": (
            "strasse, str, strassenname, strasse und hausnummer, strasse hausnummer, strasse nr, strasse hausnr"
        ),
        "housenumber": "hausnummer, hausnr, haus nr",
        "unit": "adresszusatz, wohnung, etage, zusatz, stockwerk",
        "city": "ort, stadt, wohnort, gemeinde, ortschaft",
        "state": "bundesland, kanton",
        "zip": "plz, postleitzahl, postzahl",
        "country": "land, staat",
        "billing": "rechnung, rechnungs",
        "shipping": "liefer, lieferung, versand",
        "service": "einsatz, einsatzort, objekt",
        "home": "zuhause, zu hause",
        "else": (
            "besitzer, eigentumer, zustandig, zustandiger, mitarbeiter, verkaufer, techniker, betreuer, "
            "vertreter, bearbeiter, sachbearbeiter, ehepartner, ehefrau, ehemann, vater, mutter, sohn, tochter, "
            "notfall, notfallkontakt, erstellt, erstellt von, geandert, benutzer, lieferant, vermieter, mieter, "
            "hausverwalter, verwalter, assistenz, vorgesetzter, monteur, aussendienst, kundenbetreuer"
        ),
        "fact": "datum, uhrzeit, einwilligung, art, typ",
        "invoice": (
            "rechnungsnummer, auftrag, auftragsnummer, angebot, bestellung, angebotsnummer, bestellnummer, beleg, "
            "rechnungsnr, auftragsnr, termin, belegnummer, vorgang"
        ),
        "row": "zeile, lfd nr, laufende nummer, lfdnr, zeilennummer, pos, lfd nummer",
        "account": "konto, kontonummer, debitor, debitorennummer",
        "card": "kreditkarte, kartennummer, kreditkartennummer, kredit karte",
        "ssn": (
            "sozialversicherungsnummer, ausweisnummer, personalausweis, reisepass, passnummer, fuhrerschein, "
            "personalausweisnummer, sv nummer, ahv nummer, fuhrerscheinnummer"
        ),
        "taxid": "steuernummer, ust id, ustid, ust idnr, steuer id, umsatzsteuer id",
        "bank": "bankverbindung, bankkonto, blz",
        "password": "passwort, kennwort, zugangsdaten",
        "gatecode": (
            "turcode, tur code, zugangscode, torcode, alarmcode, schlusselcode, zutrittscode, schlusselversteck"
        ),
        "birthdate": "geburtsdatum, geburtstag, geb datum, geb, geboren, geboren am, geburtsjahr, gebdatum",
    },
    fillers="der die das den dem von und zur im ihre",
    values={
        "yes": "ja wahr",
        "no": "nein falsch",
        "active": "aktiv",
        "inactive": "inaktiv archiviert",
    },
)
