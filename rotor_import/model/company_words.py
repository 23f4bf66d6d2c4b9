"""Words that tell a company's name from a person's."""

_WORDS = (
    "llc inc incorporated corp corporation co company ltd limited llp lp plc pllc pc gmbh dba hoa poa association "
    "associates assoc group partners partnership holdings enterprises enterprise ventures industries international "
    "services service solutions systems supply supplies rentals rental realty properties property management mgmt "
    "apartments apts condos condominiums towers plaza mall center centre suites hotel motel inn resort restaurant "
    "cafe bakery grill pizza bar brewery school academy college university church ministries temple chapel parish "
    "hospital clinic dental medical pharmacy veterinary bank credit union insurance agency office offices studio "
    "salon spa gym fitness club foundation trust estate fund city county state town township village district "
    "department dept museum library theater theatre farm farms ranch nursery landscaping landscape lawn lawncare "
    "plumbing heating cooling hvac electric electrical roofing construction contractors contracting builders homes "
    "painting flooring cleaning maintenance remodeling restoration pool pools pest garage auto automotive motors "
    "tire tires repair repairs towing trucking transport logistics warehouse storage store stores shop market "
    "foods grocery design designs marketing media consulting technologies technology tech labs security engineering "
    "architects law attorneys accounting daycare childcare preschool"
)
COMPANY_WORDS = tuple(_WORDS.split())
"""Legal forms, trades and institutions, in lower case."""
