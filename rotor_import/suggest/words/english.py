"""English headers."""

from rotor_import.suggest.words.language import Language

ENGLISH = Language(
    concepts={
        "firstname": "first name, firstname, given name, givenname, fname, f name, forename, first, christian name",
        "lastname": "last name, lastname, surname, family name, lname, last, familyname",
        "secondlastname": "second last name, second surname, maternal surname",
        "name": "name, names",
        "fullname": (
            "full name, fullname, display name, displayname, first and last name, first last name, last first, "
            "first last, whole name, name first last, name full"
        ),
        "middlename": "middle name, middle initial, middle, m i",
        "company": (
            "company, company name, organization, organization name, organisation, organisation name, org, org "
            "name, business name, business, account name, employer, firm, trading name, trading as, dba, legal "
            "name, entity name, doing business as"
        ),
        "source": (
            "source, lead source, referral source, how did you hear, how did you hear about us, how you heard, "
            "original source, creation source, source name, "
            "original traffic source, marketing source, origin, referred by, referral, lead "
            "origin, acquisition source, traffic source, ad source, campaign source, contact source, came from, "
            "found us"
        ),
        "tags": (
            "tags, tag, labels, label names, categories, category, groups, group, keywords, segments, customer "
            "type, client type, customer tags, client tags, contact tags, customer category, client category, "
            "customer group"
        ),
        "notes": (
            "notes, note, comments, comment, remarks, remark, description, memo, customer notes, client notes, "
            "additional information, additional info"
        ),
        "status": (
            "status, active, inactive, archived, do not service, disabled, active status, customer status, client "
            "status, account status"
        ),
        "servicetype": "service type, job type, type of service, last service type, service category, service name",
        "frequency": "service frequency, frequency, recurrence, visit frequency, how often, schedule frequency",
        "email": (
            "email, emails, mail, e mails, email address, email addresses, electronic mail, email id, mail id, "
            "emailaddr, mail address, electronic mail address"
        ),
        "phone": (
            "phone, phones, telephone, telephones, tel, phonenumber, ph, fone, call number, calling number, tele"
        ),
        "mobile": "mobile, cell, cellphone, cellular, mobiles, handset, whatsapp, smartphone",
        "landline": "landline, land line, fixed line",
        "number": "number, numbers, nr, num, nbr, no",
        "id": "id, ids, identifier, guid, uuid, key",
        "work": "work, office, daytime",
        "personal": "personal, private",
        "main": "main, primary, preferred, best, default, principal",
        "other": "other, alt, alternate, alternative, additional, more, second, secondary, 2nd",
        "customer": (
            "customer, customers, client, clients, contact, contacts, person, people, homeowner, subscriber, "
            "guest, patient, resident, attendee, buyer, purchaser, member, recipient, lead, prospect, cust, "
            "student, donor, shopper, home owner, invitee"
        ),
        "address": (
            "address, addresses, addr, adress, adresse, full address, complete address, address full, whole "
            "address, formatted address, address formatted"
        ),
        "street": "street, streets, street address, address line, str, street name, road, st address, line",
        "housenumber": "house number, street number, street no, house no, building number, address number",
        "unit": (
            "unit, apt, apartment, suite, ste, unit number, apt number, apartment number, suite number, unit no, "
            "apt no, apt suite, apt unit, unit apt, suite apt"
        ),
        "city": "city, town, suburb, locality, municipality, village, city town, town city",
        "state": "state, province, region, state code, st, state province, state region, province state, state county",
        "zip": (
            "zip, zipcode, zip code, postal code, postcode, post code, postalcode, postal, zip postal, zip postal "
            "code, post, pin code, pincode, zip 4"
        ),
        "country": "country, country region, country code, country name, nation",
        "billing": "billing, bill, bill to, inv, invoice to, invoicing, billed",
        "shipping": "shipping, ship, ship to, delivery, deliver to",
        "service": "service, service location, serviced",
        "property": "property, premises, premise",
        "site": "site, job site, jobsite, work site, worksite, project site",
        "job": "job",
        "location": "location, locations, whereabouts",
        "mailing city": "mail city",
        "mailing state": "mail state",
        "mailing zip": "mail zip, mail zip code, mail postal code",
        "mailing street": "mail street, mail address line",
        "mailing country": "mail country",
        "mailing": "mailing, mail to, correspondence",
        "mailing address": "postal address, correspondence address",
        "home": "home, house, residence, residential, evening",
        "physical": "physical",
        "fax": (
            "fax, telefax, facsimile, pager, beeper, telex, isdn, tty, tdd, radio, callback, extension, ext, "
            "extn, txt, sms, text, skype"
        ),
        "else": (
            "owner, owners, assistant, assistants, manager, managers, spouse, partner, emergency, created, "
            "modified, updated, updater, creator, referrer, reporting, reports, agent, rep, reps, salesperson, "
            "salesman, saleswoman, salesrep, sales, user, users, username, vendor, vendors, supplier, parent, "
            "staff, employee, technician, tech, phonetic, nickname, landlord, tenant, tenants, wife, husband, "
            "mother, father, son, daughter, brother, sister, kin, next of kin, neighbor, neighbour, realtor, "
            "accountant, guarantor, assigned, assignee, assigned to, sold, sold by, entered, estimator, "
            "installer, crew, driver, inspector, dispatcher, broker, adjuster, attorney, lawyer, doctor, "
            "physician, lender, caretaker, guardian, child, children, author, submitted, submitter, responsible, "
            "recruiter, sponsor, closer, setter, canvasser, referee, approver, approved, booker, booked by, "
            "operator, cleaner, contractor, subcontractor, advisor, consultant, csr, coordinator, supervisor, "
            "secondary contact, second contact, alternate contact, other contact, fiance, roommate, co owner, "
            "coowner, co borrower, cosigner, added by, last edited, edited, changed, worker, foreman, handler, "
            "provider, counselor, trainer, instructor, coach, stylist, bookkeeper, handled, rep name"
        ),
        "fact": (
            "opt, opted, optout, optin, bounced, bounce, ip, enabled, receives, marketing, label, type, kind, "
            "reason, confirm, confirmed, verified, consent, unsubscribed, valid, invalid, validity, count, date, "
            "time, times, url, domain, provider name, carrier, sent, opens, clicks, history, format, formatted, "
            "permission, allowed, hash, stage, subscription, subscribed, subscribe, consented, notifications, "
            "reminders, ok, okay, allow, accepts, accept, wants, last contacted, timezone, prefix, suffix"
        ),
        "invoice": (
            "parcel, apn, lot, inv number, inv no, invoice, invoices, estimate, estimates, quote, quotes, order, "
            "orders, ticket, tickets, receipt, "
            "receipts, transaction, transactions, payment, payments, check, cheque, booking, appointment, visit, "
            "visits, work order, workorder, wo, po, purchase order, contract, proposal, deal, project, case, "
            "event, batch, shipment, tracking, item, sku, product, policy, claim, session, message, call, task, "
            "form, submission, opportunity, permit, route, vehicle, truck, equipment, serial, asset"
        ),
        "row": (
            "row, row number, row no, line number, line no, record number, record no, sr no, sl no, serial no, "
            "serial number, index, sequence, seq, seq no, position, rownum, sno, srno, rowid, row id, unnamed"
        ),
        "account": "account, acct, account number, account no, acct number, acct no, account code, acct code",
        "tax": "tax, vat, resale",
        "card": (
            "card number, card no, credit card, creditcard, debit card, cc number, cc num, cc no, card, "
            "cardnumber, credit card number, credit card no, debit card number, card on file, payment card, pan "
            "number, card num, name on card, cardholder, cardholder name, card holder"
        ),
        "nocard": (
            "gift card, loyalty card, business card, membership card, card type, card brand, card last4, last 4, "
            "last4, card last 4, birthday card, christmas card, holiday card, thank you card, card sent, punch "
            "card, member card, club card, rewards card"
        ),
        "cardcode": (
            "cvv, cvc, cvv2, csc, card security code, card code, card expiration, card exp, cc exp, card expiry, "
            "cc expiration, card expiration date, card exp date"
        ),
        "expiry": "expiry, exp date, expiration date, exp, expiration, expiry date, exp month, exp year",
        "ssn": (
            "ssn, social security, social security number, social security no, ss number, soc sec, ss no, sin number, "
            "social insurance number, national id, national id number, national insurance number, government id, "
            "government id number, passport, passport number, passport no, driver license, driver license number, "
            "drivers license, drivers license number, driver licence, drivers licence, driving licence, license "
            "number, dl number, dl no, itin, socialsecuritynumber, social sec, social sec number, medicare number, "
            "medicare id"
        ),
        "bank": (
            "bank account, bank account number, bank account no, routing, routing number, aba, aba number, iban, "
            "sort code, account and routing, ach, ach account, swift, bic, checking account"
        ),
        "taxid": (
            "tax id, tax identification number, taxpayer id, tax number, tax id number, ein number, ein, tax "
            "payer id, federal tax id, fein, tin, tin number, vat number, vat id, vat no, vat registration number"
        ),
        "password": (
            "password, passwd, pwd, pass word, passcode, pass code, portal password, wifi password, secret, "
            "password hash, passphrase, api key, token, access token, security answer, security question, mother "
            "maiden name, maiden name, login password, pin, pin number, pin no, pin code number, pw, wifi pw, "
            "wifi passcode"
        ),
        "gatecode": (
            "gate code, gate, door code, lockbox, lockbox code, lock box, lock box code, garage code, alarm code, "
            "alarm, access code, entry code, entrance code, keypad, keypad code, security code, building code, "
            "key code, code to gate, gate access, gate pin, gate key, key number, alarm password, alarm pin, "
            "garage door code, lock code, buzzer code, buzzer, call box, call box code, door lock code, gate "
            "password, door combo, gate combo, lock combo, safe code, safe combination"
        ),
        "birthdate": (
            "birthday, birth date, birthdate, date of birth, dob, born, birth, birth day, birth year, birth "
            "month, year of birth, month of birth, bday, born on, dateofbirth, birthdays, birth days"
        ),
    },
    fillers="a an the of your my our us please enter and or is s",
    values={
        "yes": "true yes y 1 x",
        "no": "false no n 0",
        "active": "active current open",
        "inactive": "inactive notactive archived deleted closed disabled former",
    },
)
"""`else` is somebody else than the customer, `fact` what is said about a value instead of giving it."""
