/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables of relays, for people and for programs, by libsmartcols. */
#ifndef EMRELAY_TABLE_H
#define EMRELAY_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct column {
	const char *title;
	const char *key;	/* its name in JSON and CSV */
	enum { TEXT, LONG_TEXT, NUMBER } kind;	/* a long one is cut where there is no room */
	bool more;		/* only where it is asked for */
};

/* Its cells by rows; NULL is what is not known. All are freed with it. */
struct table {
	const char *name;
	const struct column *columns;
	size_t nr_columns;
	char **cells;
	size_t rows;
};

struct table_options {
	const char *output;
	const char *sort;
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	bool json;
	bool raw;
	bool csv;
	bool noheadings;
};

/* Those of them that getopt_long() knows by no letter. */
enum {
	OPT_JSON = 1000, OPT_CSV, OPT_RAW, OPT_OUTPUT, OPT_SORT, OPT_NOHEADINGS, OPT_COLOR,
};

/* What --help says of them. */
#define TABLE_HELP							\
"  -o, --output=LIST  these columns, by commas; +LIST: these, too\n"	\
"      --sort=COLUMN  by this one, -COLUMN: the other way round\n"	\
"      --raw          one blank between columns, those in them as \\x20\n"	\
"      --noheadings   no titles\n"					\
"      --json         as JSON; times and shares as sysfs has them\n"	\
"      --color[=WHEN] auto (the default), always or never; see NO_COLOR\n"

bool table_option(struct table_options *options, int opt, char *arg);
void table_check(const struct table_options *options, const struct column *columns, size_t nr);
bool table_given(const struct table_options *options);
char **table_row(struct table *table);
void table_print(struct table *tables, size_t nr, const struct table_options *options);
void table_locale(void);
bool table_colored(const struct table_options *options);

#endif
