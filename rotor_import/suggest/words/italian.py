"""Italian headers."""

from rotor_import.suggest.words.language import Language

ITALIAN = Language(
    concepts={
        "firstname": "nome di battesimo, primo nome",
        "lastname": "cognome, cognomi",
        "name": "nome, nominativo",
        "fullname": "nome completo, nome e cognome, cognome e nome, nome cognome, cognome nome, intestatario",
        "company": "azienda, ditta, ragione sociale, societa, impresa, denominazione, nome azienda, organizzazione",
        "source": "provenienza, fonte, origine, come ci ha conosciuto, segnalato da",
        "tags": "etichetta, etichette, categoria, categorie, gruppo, gruppi",
        "notes": "nota, osservazioni, commento, commenti, annotazioni, descrizione",
        "status": "attivo, inattivo, archiviato",
        "servicetype": "tipo di servizio, tipo servizio",
        "frequency": "frequenza",
        "email": (
            "posta elettronica, indirizzo email, indirizzo di posta elettronica, indirizzo e mail, pec, indirizzo "
            "mail, posta"
        ),
        "phone": "telefono, telefoni, recapito telefonico, recapito",
        "mobile": "cellulare, cellulari, telefonino, cell",
        "landline": "fisso",
        "number": "numero, n",
        "id": "codice, identificativo",
        "work": "lavoro, ufficio",
        "personal": "personale, privato",
        "main": "principale",
        "other": "altro, altra, secondario, aggiuntivo",
        "customer": "cliente, clienti, contatto, persona, referente, socio, destinatario",
        "address": "indirizzo, recapito postale, residenza, indirizzo completo, indirizzi",
        "street": "via, strada, via e numero",
        "housenumber": "numero civico, civico, n civico",
        "unit": "interno, scala, piano",
        "city": "citta, comune, localita",
        "state": "provincia, prov, regione",
        "zip": "cap, codice postale, codice avviamento postale",
        "country": "paese, nazione, stato",
        "billing": "fatturazione, fattura a",
        "shipping": "spedizione, consegna",
        "service": "servizio, intervento",
        "home": "casa, abitazione",
        "else": (
            "proprietario, assegnato, venditore, tecnico, dipendente, responsabile, agente, coniuge, moglie, "
            "marito, padre, madre, figlio, figlia, emergenza, creato, creato da, modificato, utente, fornitore, "
            "gestore, inquilino, assistente, amministratore, operatore"
        ),
        "fact": "tipo, data, ora, consenso",
        "invoice": "fattura, ordine, preventivo, ricevuta, pagamento, numero fattura, appuntamento, visita",
        "row": "riga, numero riga, progressivo",
        "account": "conto, numero conto",
        "card": "carta, carta di credito, numero carta, numero di carta",
        "ssn": "codice fiscale, cod fiscale, c f, passaporto, carta identita, carta d identita, patente",
        "taxid": "partita iva, p iva, piva",
        "bank": "conto corrente, conto bancario",
        "password": "parola chiave",
        "gatecode": (
            "codice cancello, codice di accesso, codice porta, codice allarme, codice accesso, codice ingresso"
        ),
        "birthdate": "data di nascita, nascita, data nascita, compleanno, nato il",
    },
    fillers="di del della il lo la e",
    values={
        "yes": "vero",
        "no": "falso",
        "active": "attivo attiva",
        "inactive": "inattivo inattiva archiviato",
    },
)
