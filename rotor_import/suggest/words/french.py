"""French headers."""

from rotor_import.suggest.words.language import Language

FRENCH = Language(
    concepts={
        "firstname": "prenom, prenoms",
        "lastname": "nom de famille, patronyme, nom famille",
        "name": "nom",
        "fullname": "nom complet, nom et prenom, prenom et nom, nom prenom, prenom nom, nom prenoms",
        "company": (
            "entreprise, societe, raison sociale, nom de la societe, nom de l entreprise, nom entreprise, nom "
            "societe, organisme, compagnie, enseigne"
        ),
        "source": "provenance, origine, source du contact, comment nous avez vous connu, recommande par",
        "tags": "etiquette, etiquettes, categorie, groupe, groupes, mots cles",
        "notes": "remarque, remarques, commentaire, commentaires, observation, observations",
        "status": "actif, inactif, statut, archive",
        "servicetype": "type de service, type de prestation, prestation",
        "frequency": "frequence",
        "email": (
            "courriel, courriels, adresse email, adresse mail, adresse de courriel, adresse electronique, mel, "
            "courrier electronique, adresse e mail"
        ),
        "phone": "telephone, telephones, numero de tel",
        "mobile": "portable, tel portable, gsm, telephone portable, numero de portable",
        "landline": "fixe",
        "number": "numero, n",
        "id": "identifiant, reference, ref",
        "work": "travail, bureau, professionnel, pro",
        "personal": "personnel, perso, prive",
        "main": "principal, principale",
        "other": "autre, supplementaire, secondaire",
        "customer": "client, cliente, clients, interlocuteur, adherent, abonne, destinataire",
        "address": "adresse, adresse complete, adresses, adresse postale",
        "street": "rue, voie",
        "housenumber": "numero de rue, numero de voie, n de rue",
        "unit": "appartement, etage, batiment, complement, complement adresse, complement d adresse",
        "city": "ville, commune, localite",
        "state": "departement, province, canton, etat",
        "zip": "code postal, cp",
        "country": "pays",
        "billing": "facturation, facture a",
        "shipping": "livraison, expedition",
        "service": "intervention, chantier",
        "home": "domicile, maison",
        "else": (
            "proprietaire, assigne, vendeur, technicien, employe, responsable, commercial, conjoint, conjointe, "
            "epouse, epoux, mari, femme, pere, mere, fils, fille, urgence, cree, cree par, modifie, utilisateur, "
            "fournisseur, gestionnaire, locataire, assistante, charge de clientele, conseiller, parrain"
        ),
        "fact": "date, heure, consentement",
        "invoice": "facture, commande, devis, recu, paiement, rendez vous, visite, numero de facture",
        "row": "ligne, numero de ligne, rang",
        "account": "compte, numero de compte",
        "card": "carte, carte bancaire, numero de carte, carte de credit, numero cb",
        "ssn": (
            "numero de securite sociale, securite sociale, nir, passeport, numero de passeport, carte identite, "
            "permis de conduire, numero de permis"
        ),
        "taxid": "siret, siren, numero tva",
        "bank": "rib, compte bancaire",
        "password": "mot de passe, mdp",
        "gatecode": (
            "digicode, code porte, code d acces, code entree, code portail, code alarme, code acces, code d "
            "entree, code immeuble, interphone"
        ),
        "birthdate": "date de naissance, naissance, anniversaire",
    },
    fillers="de du des d le la les l et votre",
    values={
        "yes": "oui vrai",
        "no": "non faux",
        "active": "actif active",
        "inactive": "inactif inactive archive",
    },
)
