/* country.c - ISO 3166-1's list of countries, and what people call them.
 *
 * UK is no code of a country, but ISO keeps it for the United Kingdom, so nobody can mean another: it is
 * taken for GB. EL is what the European Union writes for Greece. XK is not ISO's either; it gives Kosovo
 * none, and carriers and banks use this one, which ISO leaves to its users. */
#include "country.h"

#include <ctype.h>

#include "fold.h"

struct country {
	const char *code, *code3;
	const char *names;              /* with | between them, ISO's own first */
};

static const struct country countries[] = {
	{ "AD", "AND", "Andorra" },
	{ "AE", "ARE", "United Arab Emirates|UAE|Emirates" },
	{ "AF", "AFG", "Afghanistan" },
	{ "AG", "ATG", "Antigua and Barbuda|Antigua" },
	{ "AI", "AIA", "Anguilla" },
	{ "AL", "ALB", "Albania" },
	{ "AM", "ARM", "Armenia" },
	{ "AO", "AGO", "Angola" },
	{ "AQ", "ATA", "Antarctica" },
	{ "AR", "ARG", "Argentina" },
	{ "AS", "ASM", "American Samoa" },
	{ "AT", "AUT", "Austria|Österreich" },
	{ "AU", "AUS", "Australia" },
	{ "AW", "ABW", "Aruba" },
	{ "AX", "ALA", "Åland Islands" },
	{ "AZ", "AZE", "Azerbaijan" },
	{ "BA", "BIH", "Bosnia and Herzegovina|Bosnia" },
	{ "BB", "BRB", "Barbados" },
	{ "BD", "BGD", "Bangladesh" },
	{ "BE", "BEL", "Belgium|België|Belgique|Belgien" },
	{ "BF", "BFA", "Burkina Faso" },
	{ "BG", "BGR", "Bulgaria" },
	{ "BH", "BHR", "Bahrain" },
	{ "BI", "BDI", "Burundi" },
	{ "BJ", "BEN", "Benin" },
	{ "BL", "BLM", "Saint Barthélemy" },
	{ "BM", "BMU", "Bermuda" },
	{ "BN", "BRN", "Brunei Darussalam|Brunei" },
	{ "BO", "BOL", "Bolivia, Plurinational State of|Bolivia" },
	{ "BQ", "BES", "Bonaire, Sint Eustatius and Saba|Caribbean Netherlands|Bonaire" },
	{ "BR", "BRA", "Brazil|Brasil" },
	{ "BS", "BHS", "Bahamas" },
	{ "BT", "BTN", "Bhutan" },
	{ "BV", "BVT", "Bouvet Island" },
	{ "BW", "BWA", "Botswana" },
	{ "BY", "BLR", "Belarus" },
	{ "BZ", "BLZ", "Belize" },
	{ "CA", "CAN", "Canada" },
	{ "CC", "CCK", "Cocos (Keeling) Islands|Cocos Islands|Keeling Islands" },
	{ "CD", "COD", "Congo, The Democratic Republic of the|DR Congo|"
	  "Democratic Republic of the Congo|Congo Kinshasa" },
	{ "CF", "CAF", "Central African Republic" },
	{ "CG", "COG", "Congo|Republic of the Congo|Congo Brazzaville" },
	{ "CH", "CHE", "Switzerland|Schweiz|Suisse|Svizzera" },
	{ "CI", "CIV", "Côte d'Ivoire|Ivory Coast" },
	{ "CK", "COK", "Cook Islands" },
	{ "CL", "CHL", "Chile" },
	{ "CM", "CMR", "Cameroon" },
	{ "CN", "CHN", "China|People's Republic of China|PRC" },
	{ "CO", "COL", "Colombia" },
	{ "CR", "CRI", "Costa Rica" },
	{ "CU", "CUB", "Cuba" },
	{ "CV", "CPV", "Cabo Verde|Cape Verde" },
	{ "CW", "CUW", "Curaçao" },
	{ "CX", "CXR", "Christmas Island" },
	{ "CY", "CYP", "Cyprus|Kypros" },
	{ "CZ", "CZE", "Czechia|Czech Republic|Česko" },
	{ "DE", "DEU", "Germany|Deutschland|Federal Republic of Germany" },
	{ "DJ", "DJI", "Djibouti" },
	{ "DK", "DNK", "Denmark|Danmark" },
	{ "DM", "DMA", "Dominica" },
	{ "DO", "DOM", "Dominican Republic" },
	{ "DZ", "DZA", "Algeria" },
	{ "EC", "ECU", "Ecuador" },
	{ "EE", "EST", "Estonia|Eesti" },
	{ "EG", "EGY", "Egypt" },
	{ "EH", "ESH", "Western Sahara" },
	{ "ER", "ERI", "Eritrea" },
	{ "ES", "ESP", "Spain|España" },
	{ "ET", "ETH", "Ethiopia" },
	{ "FI", "FIN", "Finland|Suomi" },
	{ "FJ", "FJI", "Fiji" },
	{ "FK", "FLK", "Falkland Islands (Malvinas)|Falkland Islands|Falklands" },
	{ "FM", "FSM", "Micronesia, Federated States of|Micronesia" },
	{ "FO", "FRO", "Faroe Islands" },
	{ "FR", "FRA", "France" },
	{ "GA", "GAB", "Gabon" },
	{ "GB", "GBR", "United Kingdom|Great Britain|Britain|England|Scotland|Wales|"
	  "Northern Ireland|UK|United Kingdom of Great Britain and Northern Ireland" },
	{ "GD", "GRD", "Grenada" },
	{ "GE", "GEO", "Georgia" },
	{ "GF", "GUF", "French Guiana" },
	{ "GG", "GGY", "Guernsey" },
	{ "GH", "GHA", "Ghana" },
	{ "GI", "GIB", "Gibraltar" },
	{ "GL", "GRL", "Greenland" },
	{ "GM", "GMB", "Gambia" },
	{ "GN", "GIN", "Guinea" },
	{ "GP", "GLP", "Guadeloupe" },
	{ "GQ", "GNQ", "Equatorial Guinea" },
	{ "GR", "GRC", "Greece|Hellas|EL" },
	{ "GS", "SGS", "South Georgia and the South Sandwich Islands" },
	{ "GT", "GTM", "Guatemala" },
	{ "GU", "GUM", "Guam" },
	{ "GW", "GNB", "Guinea-Bissau" },
	{ "GY", "GUY", "Guyana" },
	{ "HK", "HKG", "Hong Kong|Hong Kong SAR China" },
	{ "HM", "HMD", "Heard Island and McDonald Islands" },
	{ "HN", "HND", "Honduras" },
	{ "HR", "HRV", "Croatia|Hrvatska" },
	{ "HT", "HTI", "Haiti" },
	{ "HU", "HUN", "Hungary|Magyarország" },
	{ "ID", "IDN", "Indonesia" },
	{ "IE", "IRL", "Ireland|Eire|Republic of Ireland" },
	{ "IL", "ISR", "Israel" },
	{ "IM", "IMN", "Isle of Man" },
	{ "IN", "IND", "India" },
	{ "IO", "IOT", "British Indian Ocean Territory" },
	{ "IQ", "IRQ", "Iraq" },
	{ "IR", "IRN", "Iran, Islamic Republic of|Iran" },
	{ "IS", "ISL", "Iceland|Ísland" },
	{ "IT", "ITA", "Italy|Italia" },
	{ "JE", "JEY", "Jersey" },
	{ "JM", "JAM", "Jamaica" },
	{ "JO", "JOR", "Jordan" },
	{ "JP", "JPN", "Japan" },
	{ "KE", "KEN", "Kenya" },
	{ "KG", "KGZ", "Kyrgyzstan" },
	{ "KH", "KHM", "Cambodia" },
	{ "KI", "KIR", "Kiribati" },
	{ "KM", "COM", "Comoros" },
	{ "KN", "KNA", "Saint Kitts and Nevis|Saint Kitts" },
	{ "KP", "PRK", "Korea, Democratic People's Republic of|North Korea" },
	{ "KR", "KOR", "Korea, Republic of|South Korea|Republic of Korea" },
	{ "KW", "KWT", "Kuwait" },
	{ "KY", "CYM", "Cayman Islands" },
	{ "KZ", "KAZ", "Kazakhstan" },
	{ "LA", "LAO", "Lao People's Democratic Republic|Laos" },
	{ "LB", "LBN", "Lebanon" },
	{ "LC", "LCA", "Saint Lucia" },
	{ "LI", "LIE", "Liechtenstein" },
	{ "LK", "LKA", "Sri Lanka" },
	{ "LR", "LBR", "Liberia" },
	{ "LS", "LSO", "Lesotho" },
	{ "LT", "LTU", "Lithuania|Lietuva" },
	{ "LU", "LUX", "Luxembourg|Lëtzebuerg" },
	{ "LV", "LVA", "Latvia|Latvija" },
	{ "LY", "LBY", "Libya" },
	{ "MA", "MAR", "Morocco" },
	{ "MC", "MCO", "Monaco" },
	{ "MD", "MDA", "Moldova, Republic of|Moldova" },
	{ "ME", "MNE", "Montenegro" },
	{ "MF", "MAF", "Saint Martin (French part)|Saint Martin" },
	{ "MG", "MDG", "Madagascar" },
	{ "MH", "MHL", "Marshall Islands" },
	{ "MK", "MKD", "North Macedonia|Macedonia" },
	{ "ML", "MLI", "Mali" },
	{ "MM", "MMR", "Myanmar|Burma" },
	{ "MN", "MNG", "Mongolia" },
	{ "MO", "MAC", "Macao|Macau" },
	{ "MP", "MNP", "Northern Mariana Islands" },
	{ "MQ", "MTQ", "Martinique" },
	{ "MR", "MRT", "Mauritania" },
	{ "MS", "MSR", "Montserrat" },
	{ "MT", "MLT", "Malta" },
	{ "MU", "MUS", "Mauritius" },
	{ "MV", "MDV", "Maldives" },
	{ "MW", "MWI", "Malawi" },
	{ "MX", "MEX", "Mexico|México" },
	{ "MY", "MYS", "Malaysia" },
	{ "MZ", "MOZ", "Mozambique" },
	{ "NA", "NAM", "Namibia" },
	{ "NC", "NCL", "New Caledonia" },
	{ "NE", "NER", "Niger" },
	{ "NF", "NFK", "Norfolk Island" },
	{ "NG", "NGA", "Nigeria" },
	{ "NI", "NIC", "Nicaragua" },
	{ "NL", "NLD", "Netherlands|Holland|Nederland|The Netherlands" },
	{ "NO", "NOR", "Norway|Norge" },
	{ "NP", "NPL", "Nepal" },
	{ "NR", "NRU", "Nauru" },
	{ "NU", "NIU", "Niue" },
	{ "NZ", "NZL", "New Zealand" },
	{ "OM", "OMN", "Oman" },
	{ "PA", "PAN", "Panama" },
	{ "PE", "PER", "Peru" },
	{ "PF", "PYF", "French Polynesia" },
	{ "PG", "PNG", "Papua New Guinea" },
	{ "PH", "PHL", "Philippines" },
	{ "PK", "PAK", "Pakistan" },
	{ "PL", "POL", "Poland|Polska" },
	{ "PM", "SPM", "Saint Pierre and Miquelon" },
	{ "PN", "PCN", "Pitcairn|Pitcairn Islands" },
	{ "PR", "PRI", "Puerto Rico" },
	{ "PS", "PSE", "Palestine, State of|Palestine" },
	{ "PT", "PRT", "Portugal" },
	{ "PW", "PLW", "Palau" },
	{ "PY", "PRY", "Paraguay" },
	{ "QA", "QAT", "Qatar" },
	{ "RE", "REU", "Réunion" },
	{ "RO", "ROU", "Romania|România" },
	{ "RS", "SRB", "Serbia" },
	{ "RU", "RUS", "Russian Federation|Russia" },
	{ "RW", "RWA", "Rwanda" },
	{ "SA", "SAU", "Saudi Arabia|Kingdom of Saudi Arabia|KSA" },
	{ "SB", "SLB", "Solomon Islands" },
	{ "SC", "SYC", "Seychelles" },
	{ "SD", "SDN", "Sudan" },
	{ "SE", "SWE", "Sweden|Sverige" },
	{ "SG", "SGP", "Singapore" },
	{ "SH", "SHN", "Saint Helena, Ascension and Tristan da Cunha|Saint Helena" },
	{ "SI", "SVN", "Slovenia|Slovenija" },
	{ "SJ", "SJM", "Svalbard and Jan Mayen" },
	{ "SK", "SVK", "Slovakia|Slovak Republic" },
	{ "SL", "SLE", "Sierra Leone" },
	{ "SM", "SMR", "San Marino" },
	{ "SN", "SEN", "Senegal" },
	{ "SO", "SOM", "Somalia" },
	{ "SR", "SUR", "Suriname" },
	{ "SS", "SSD", "South Sudan" },
	{ "ST", "STP", "Sao Tome and Principe|São Tomé and Príncipe" },
	{ "SV", "SLV", "El Salvador" },
	{ "SX", "SXM", "Sint Maarten (Dutch part)|Sint Maarten" },
	{ "SY", "SYR", "Syrian Arab Republic|Syria" },
	{ "SZ", "SWZ", "Eswatini|Swaziland" },
	{ "TC", "TCA", "Turks and Caicos Islands" },
	{ "TD", "TCD", "Chad" },
	{ "TF", "ATF", "French Southern Territories" },
	{ "TG", "TGO", "Togo" },
	{ "TH", "THA", "Thailand" },
	{ "TJ", "TJK", "Tajikistan" },
	{ "TK", "TKL", "Tokelau" },
	{ "TL", "TLS", "Timor-Leste|East Timor" },
	{ "TM", "TKM", "Turkmenistan" },
	{ "TN", "TUN", "Tunisia" },
	{ "TO", "TON", "Tonga" },
	{ "TR", "TUR", "Türkiye|Turkey" },
	{ "TT", "TTO", "Trinidad and Tobago|Trinidad" },
	{ "TV", "TUV", "Tuvalu" },
	{ "TW", "TWN", "Taiwan, Province of China|Taiwan" },
	{ "TZ", "TZA", "Tanzania, United Republic of|Tanzania" },
	{ "UA", "UKR", "Ukraine" },
	{ "UG", "UGA", "Uganda" },
	{ "UM", "UMI", "United States Minor Outlying Islands" },
	{ "US", "USA", "United States|United States of America|America|USA" },
	{ "UY", "URY", "Uruguay" },
	{ "UZ", "UZB", "Uzbekistan" },
	{ "VA", "VAT", "Holy See (Vatican City State)|Vatican|Vatican City|Holy See" },
	{ "VC", "VCT", "Saint Vincent and the Grenadines|Saint Vincent" },
	{ "VE", "VEN", "Venezuela, Bolivarian Republic of|Venezuela" },
	{ "VG", "VGB", "Virgin Islands, British|British Virgin Islands" },
	{ "VI", "VIR", "Virgin Islands, U.S.|US Virgin Islands" },
	{ "VN", "VNM", "Viet Nam|Vietnam" },
	{ "VU", "VUT", "Vanuatu" },
	{ "WF", "WLF", "Wallis and Futuna" },
	{ "WS", "WSM", "Samoa|Western Samoa" },
	{ "XK", "XKX", "Kosovo" },
	{ "YE", "YEM", "Yemen" },
	{ "YT", "MYT", "Mayotte" },
	{ "ZA", "ZAF", "South Africa|RSA|Republic of South Africa" },
	{ "ZM", "ZMB", "Zambia" },
	{ "ZW", "ZWE", "Zimbabwe" },
};

/* The bytes of what stands between words there; 0: it is part of one. */
static size_t sign_size(const char *at)
{
	if (strncmp(at, "‘", 3) == 0 || strncmp(at, "’", 3) == 0)
		return 3;
	return *at && (unsigned char)*at < 0x80 && !isalnum((unsigned char)*at);
}

/* Takes the next word off a folded text: letters and digits. */
static str next_word(const char **text)
{
	const char *at = *text, *end;
	size_t size;

	while ((size = sign_size(at)) > 0)
		at += size;
	for (end = at; *end && sign_size(end) == 0; )
		end++;
	*text = end;
	return (str) { at, (size_t)(end - at) };
}

/* What is the same however a name is written: "St. Lucia" and "SAINT LUCIA", "U.S.A." and "the USA". */
static const char *squeeze(struct arena *arena, const char *name)
{
	const char *rest = text_fold(arena, name, FOLD_ACCENTS);
	char *squeezed = arena_alloc_raw(arena, 5 * strlen(rest) + 1);
	size_t used = 0;

	for (str word; (word = next_word(&rest)).size > 0; ) {
		if (str_is(word, "the") || str_is(word, "and") || str_is(word, "of"))
			continue;
		if (str_is(word, "st"))
			word = STR("saint");
		memcpy(squeezed + used, word.at, word.size);
		used += word.size;
	}
	squeezed[used] = '\0';
	return squeezed;
}

static const char *find_code(const char *text)
{
	size_t size = strlen(text);
	char capitals[3];

	if (size != 2 && size != 3)
		return NULL;
	for (size_t i = 0; i < size; i++)
		capitals[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] & ~0x20) : text[i];
	for (size_t i = 0; i < sizeof(countries) / sizeof(*countries); i++) {
		const char *code = size == 2 ? countries[i].code : countries[i].code3;
		if (code[0] == capitals[0] && code[1] == capitals[1] && (size == 2 || code[2] == capitals[2]))
			return countries[i].code;
	}
	return NULL;
}

static const char *find_name(struct arena *arena, const char *squeezed)
{
	for (size_t i = 0; i < sizeof(countries) / sizeof(*countries); i++) {
		str names = str_of(countries[i].names);
		while (names.size > 0) {
			const char *name = arena_copy(arena, str_cut(&names, '|'));
			if (strcmp(squeeze(arena, name), squeezed) == 0)
				return countries[i].code;
		}
	}
	return NULL;
}

const char *country_code(const char *text)
{
	struct arena *arena = arena_create();
	const char *plain = text_plain(arena, text), *code = find_code(plain);

	if (!code) {
		const char *squeezed = squeeze(arena, plain);
		/* U.S. is a code too. */
		code = find_code(squeezed);
		code = code ? code : find_name(arena, squeezed);
	}
	arena_destroy(arena);
	return code;
}
