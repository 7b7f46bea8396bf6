/* kind.c - what a file is that is no table of text, by its first bytes. */
#include "kind.h"

#include <string.h>

#define IN_EXCEL "in Excel: File, Save As, \"CSV UTF-8 (Comma delimited)\""
#define IN_CALC "in LibreOffice: File, Save As, \"Text CSV\", character set UTF-8"

struct kind {
	const char *begins;
	size_t size;
	const char *words;
};

#define KIND(begins_, words_) { begins_, sizeof(begins_) - 1, words_ }

static const struct kind binaries[] = {
	KIND("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	     "it is an old Excel workbook (.xls), not CSV; open it and save it as CSV " IN_EXCEL),
	KIND("%PDF-", "it is a PDF, not CSV; export the table it was made from as CSV"),
	KIND("{\\rtf", "it is a text document (RTF), not CSV; save the table as CSV " IN_EXCEL),
	KIND("\x1f\x8b", "it is packed with gzip twice; unpack it once"),
	KIND("BZh", "it is packed with bzip2; unpack it, or pack it with gzip instead"),
	KIND("\xfd" "7zXZ", "it is packed with xz; unpack it, or pack it with gzip instead"),
	KIND("\x28\xb5\x2f\xfd", "it is packed with zstd; unpack it, or pack it with gzip instead"),
	KIND("7z\xbc\xaf\x27\x1c", "it is a 7-Zip archive; unpack it, and import the CSV file in it"),
	KIND("Rar!", "it is a RAR archive; unpack it, and import the CSV file in it"),
	KIND("\x89PNG", "it is a picture (PNG), not CSV"),
	KIND("\xff\xd8\xff", "it is a picture (JPEG), not CSV"),
	KIND("GIF8", "it is a picture (GIF), not CSV"),
	KIND("RIFF", "it is a picture or a sound (RIFF), not CSV"),
	KIND("SQLite format 3", "it is a database (SQLite), not CSV; export the table as CSV"),
	KIND("PAR1", "it is a Parquet file, not CSV; export it as CSV"),
};

static bool has(str head, const char *text)
{
	return head.size && memmem(head.at, head.size, text, strlen(text));
}

/* Office files are ZIP archives; the names of what is in them are readable. */
static const char *kind_of_zip(str head)
{
	if (has(head, "application/vnd.oasis.opendocument.spreadsheet"))
		return "it is a LibreOffice spreadsheet (.ods), not CSV; open it and save it as CSV " IN_CALC;
	if (has(head, "application/vnd.oasis.opendocument"))
		return "it is a LibreOffice document, not CSV; save the table as CSV " IN_CALC;
	if (has(head, "Index/Document.iwa") || has(head, ".iwa"))
		return "it is an Apple Numbers spreadsheet, not CSV; open it and choose File, Export To,"
		       " CSV, with Unicode (UTF-8)";
	if (has(head, "word/"))
		return "it is a Word document, not CSV; save the table as CSV " IN_EXCEL;
	if (has(head, "[Content_Types].xml") || has(head, "xl/"))
		return "it is an Excel workbook (.xlsx), not CSV; open it and save it as CSV " IN_EXCEL;
	return "it is a ZIP archive; unpack it, and import the CSV file in it";
}

static bool begins(str head, const struct kind *kind)
{
	return head.size >= kind->size && memcmp(head.at, kind->begins, kind->size) == 0;
}

const char *kind_of_bytes(str head)
{
	if (begins(head, &(struct kind) KIND("PK\x03\x04", NULL)))
		return kind_of_zip(head);
	for (size_t i = 0; i < sizeof(binaries) / sizeof(*binaries); i++)
		if (begins(head, &binaries[i]))
			return binaries[i].words;
	return NULL;
}

/* ---- Text that is no table ---- */

static str without_blanks(str head)
{
	while (head.size && strchr(" \t\r\n", *head.at))
		head.at++, head.size--;
	return head;
}

static bool begins_nocase(str head, const char *text)
{
	size_t size = strlen(text);

	return head.size >= size && str_is_nocase((str) { head.at, size }, text);
}

static const char *kind_of_markup(str head)
{
	static const char *const pages[] = {
		"<!doctype html", "<html", "<head", "<body", "<table", "<!--",
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (begins_nocase(head, pages[i]))
			return "it is a web page (HTML), not CSV: one to sign in at, perhaps, or a table that"
			       " a program calls .xls; open it and save it as CSV " IN_EXCEL;
	if (!begins_nocase(head, "<?xml"))
		return NULL;
	return has(head, "urn:schemas-microsoft-com:office:spreadsheet")
	       ? "it is an Excel workbook (XML), not CSV; open it and save it as CSV " IN_EXCEL
	       : "it is XML, not CSV; export the table as CSV";
}

/* A header may begin with a bracket; an object or an array goes on as one. */
static bool is_json(str head)
{
	str inside;

	if (!head.size || (*head.at != '{' && *head.at != '['))
		return false;
	inside = without_blanks((str) { head.at + 1, head.size - 1 });
	return inside.size && strchr(*head.at == '{' ? "\"}" : "{[\"]", *inside.at);
}

/* Whether a line ends in CR alone, and none in LF. */
static bool is_old_mac(str head)
{
	const char *first = head.size && !memchr(head.at, '\n', head.size)
	                    ? memchr(head.at, '\r', head.size) : NULL;

	return first && first + 1 < head.at + head.size;
}

const char *kind_of_text(str head)
{
	str text = without_blanks(head);

	if (head.size && memchr(head.at, '\0', head.size))
		return "it has NUL bytes in it, so it is no text; save the table as CSV " IN_EXCEL;
	if (is_json(text))
		return "it is JSON, not CSV; export the table as CSV";
	const char *markup = kind_of_markup(text);
	return markup || !is_old_mac(head) ? markup
	       : "its lines end in CR alone, as on old Macs; save it as CSV " IN_EXCEL ", not"
	         " \"CSV (Macintosh)\"";
}
