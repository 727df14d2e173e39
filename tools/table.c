// SPDX-License-Identifier: GPL-2.0-only
/* Tables of relays, for people and for programs, by libsmartcols. */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <langinfo.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "class.h"
#include "table.h"

/* Widths need a locale, which is "C" on many a board though labels are UTF-8. */
void table_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (!strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

/* Takes the option if it is one of a table's. */
bool table_option(struct table_options *options, int opt, char *arg)
{
	switch (opt) {
	case 'o':
		options->output = arg;
		return true;
	case OPT_SORT:
		options->sort = arg;
		return true;
	case OPT_JSON:
		options->json = true;
		return true;
	case OPT_RAW:
		options->raw = true;
		return true;
	case OPT_NOHEADINGS:
		options->noheadings = true;
		return true;
	case OPT_COLOR:
		if (!arg || !strcmp(arg, "always"))
			options->color = COLOR_ALWAYS;
		else if (!strcmp(arg, "never"))
			options->color = COLOR_NEVER;
		else if (!strcmp(arg, "auto"))
			options->color = COLOR_AUTO;
		else
			errx(EXIT_USAGE, "--color: '%s' is none of auto, always and never", arg);
		return true;
	}
	return false;
}

/* Was there any but --json and --color, which are not only a table's? */
bool table_given(const struct table_options *options)
{
	return options->output || options->sort || options->raw || options->noheadings;
}

static const struct column *find_column(const struct column *columns, size_t nr,
					const char *name, size_t len)
{
	for (size_t c = 0; c < nr; c++) {
		const char *const names[] = { columns[c].title, columns[c].key };

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (strlen(names[i]) == len && !strncasecmp(names[i], name, len))
				return &columns[c];
	}
	fprintf(stderr, "%s: no column '%.*s'; there are", program_invocation_short_name,
		(int)len, name);
	for (size_t c = 0; c < nr; c++)
		fprintf(stderr, "%s %s", c ? "," : "", columns[c].title);
	fputc('\n', stderr);
	exit(EXIT_USAGE);
}

/* The columns to be shown, in their order; to be freed. */
static const struct column **shown(const struct table_options *options,
				   const struct column *columns, size_t nr, size_t *nr_shown)
{
	const char *list = options->output;
	size_t most = nr + (list ? strlen(list) : 0);
	const struct column **found = checked(calloc(most + 1, sizeof(*found)));

	*nr_shown = 0;
	if (!list || *list == '+')
		for (size_t c = 0; c < nr; c++)
			if (!columns[c].more)
				found[(*nr_shown)++] = &columns[c];
	for (list += list && *list == '+'; list; list = strchr(list, ',')) {
		list += *list == ',';
		found[(*nr_shown)++] = find_column(columns, nr, list, strcspn(list, ","));
	}
	return found;
}

/* Ends the program if the options name a column that there is not. */
void table_check(const struct table_options *options, const struct column *columns, size_t nr)
{
	const char *sort = options->sort;
	size_t nr_shown;

	if (options->json + options->raw + options->csv > 1)
		errx(EXIT_USAGE, "--json, --raw and --csv: only one of them");
	free(shown(options, columns, nr, &nr_shown));
	if (sort) {
		sort += *sort == '-';
		find_column(columns, nr, sort, strlen(sort));
	}
}

/* Room for one row more, of unknown cells. */
char **table_row(struct table *table)
{
	size_t size = table->nr_columns * sizeof(*table->cells);
	char **row;

	table->cells = checked(realloc(table->cells, (table->rows + 1) * size));
	row = &table->cells[table->rows++ * table->nr_columns];
	memset(row, 0, size);
	return row;
}

/* --- the order ----------------------------------------------------------- */

/* Numbers by what they are, then all else as versions, then what is not known. */
static int compare(const char *a, const char *b)
{
	bool words_a, words_b;
	char *end_a, *end_b;
	double x, y;

	if (!a || !b)
		return !a - !b;
	x = strtod(a, &end_a);
	y = strtod(b, &end_b);
	words_a = end_a == a;
	words_b = end_b == b;
	if (words_a != words_b)
		return words_a - words_b;
	if (!words_a && x != y)
		return x < y ? -1 : 1;
	return strverscmp(a, b);
}

static int by_column(const void *a, const void *b, void *column)
{
	size_t c = *(size_t *)column;

	return compare((*(char **const *)a)[c], (*(char **const *)b)[c]);
}

/* Pointers to the rows as they shall be; to be freed. */
static char ***sorted(const struct table *table, const struct table_options *options)
{
	char ***rows = checked(calloc(table->rows + 1, sizeof(*rows)));
	const char *sort = options->sort;
	size_t column;

	for (size_t r = 0; r < table->rows; r++)
		rows[r] = &table->cells[r * table->nr_columns];
	if (!sort)
		return rows;
	sort += *sort == '-';
	column = find_column(table->columns, table->nr_columns, sort, strlen(sort)) -
		 table->columns;
	qsort_r(rows, table->rows, sizeof(*rows), by_column, &column);
	for (size_t r = 0; *options->sort == '-' && r < table->rows / 2; r++) {
		char **row = rows[r];

		rows[r] = rows[table->rows - 1 - r];
		rows[table->rows - 1 - r] = row;
	}
	return rows;
}

/* --- colours ------------------------------------------------------------- */

bool table_colored(const struct table_options *options)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb");
}

/* For what somebody should look at. */
static const char *color_of(const struct column *column, const char *text)
{
	if (!strcmp(text, "blocked") || !strcmp(text, "warning"))
		return "yellow";
	if (!strcmp(text, "worn") || (!strcmp(column->key, "fault") && strcmp(text, "none")))
		return "red";
	return NULL;
}

/* --- the outputs --------------------------------------------------------- */

static void print_scols(const struct table *table, const struct table_options *options,
			char ***rows, const struct column **columns, size_t nr)
{
	static const int flags[] = { [LONG_TEXT] = SCOLS_FL_TRUNC, [NUMBER] = SCOLS_FL_RIGHT };
	struct libscols_table *out = checked(scols_new_table());
	bool colored = table_colored(options);

	scols_table_enable_raw(out, options->raw);
	scols_table_enable_noheadings(out, options->noheadings);
	scols_table_enable_colors(out, colored);
	for (size_t c = 0; c < nr; c++)
		checked(scols_table_new_column(out, columns[c]->title, 0,
					       flags[columns[c]->kind]));
	for (size_t r = 0; r < table->rows; r++) {
		struct libscols_line *line = checked(scols_table_new_line(out, NULL));

		for (size_t c = 0; c < nr; c++) {
			const char *text = rows[r][columns[c] - table->columns];
			const char *color;

			/* No column is empty, so that they can be counted. */
			text = text && *text ? text : "-";
			if (scols_line_set_data(line, c, text))
				err(EXIT_FAILED, NULL);
			color = colored ? color_of(columns[c], text) : NULL;
			if (color)
				scols_cell_set_color(scols_line_get_cell(line, c), color);
		}
	}
	scols_print_table(out);
	scols_unref_table(out);
}

static bool is_json_number(const char *text)
{
	text += *text == '-';
	if (!isdigit((unsigned char)*text))
		return false;
	text += strspn(text, "0123456789");
	return !*text || (*text == '.' && text[1] && !text[1 + strspn(text + 1, "0123456789")]);
}

static void print_json_cell(const struct column *column, const char *text)
{
	print_json(stdout, column->key);
	fputs(": ", stdout);
	if (!text || (column->kind == NUMBER && !is_json_number(text)))
		fputs("null", stdout);
	else if (column->kind == NUMBER)
		fputs(text, stdout);
	else
		print_json(stdout, text);
}

/* An array of objects, one a line. */
static void print_json_rows(const struct table *table, char ***rows,
			    const struct column **columns, size_t nr)
{
	printf("  ");
	print_json(stdout, table->name);
	fputs(": [", stdout);
	for (size_t r = 0; r < table->rows; r++) {
		fputs(r ? ",\n    {" : "\n    {", stdout);
		for (size_t c = 0; c < nr; c++) {
			fputs(c ? ", " : "", stdout);
			print_json_cell(columns[c], rows[r][columns[c] - table->columns]);
		}
		putchar('}');
	}
	fputs(table->rows ? "\n  ]" : "]", stdout);
}

/* RFC 4180, but for the ends of lines. */
static void print_csv_cell(const char *text, bool last)
{
	if (text[strcspn(text, "\",\n\r")]) {
		putchar('"');
		for (; *text; text++) {
			if (*text == '"')
				putchar('"');
			putchar(*text);
		}
		putchar('"');
	} else {
		fputs(text, stdout);
	}
	putchar(last ? '\n' : ',');
}

static void print_csv(const struct table *table, const struct table_options *options,
		      char ***rows, const struct column **columns, size_t nr)
{
	for (size_t c = 0; c < nr && !options->noheadings; c++)
		print_csv_cell(columns[c]->key, c == nr - 1);
	for (size_t r = 0; r < table->rows; r++)
		for (size_t c = 0; c < nr; c++)
			print_csv_cell(rows[r][columns[c] - table->columns] ?: "", c == nr - 1);
}

static void print_table(struct table *table, const struct table_options *options)
{
	size_t nr;
	const struct column **columns = shown(options, table->columns, table->nr_columns, &nr);
	char ***rows = sorted(table, options);

	if (options->json)
		print_json_rows(table, rows, columns, nr);
	else if (options->csv)
		print_csv(table, options, rows, columns, nr);
	else
		print_scols(table, options, rows, columns, nr);
	for (size_t i = 0; i < table->rows * table->nr_columns; i++)
		free(table->cells[i]);
	free(table->cells);
	free(rows);
	free(columns);
}

/*
 * Shows tables and frees their cells. The columns that were asked for are the first
 * one's, and as CSV there is no other.
 */
void table_print(struct table *tables, size_t nr, const struct table_options *options)
{
	struct table_options rest = *options;

	rest.output = NULL;
	rest.sort = NULL;
	if (options->json)
		puts("{");
	for (size_t i = 0; i < nr; i++) {
		if (i && options->json)
			puts(",");
		else if (i && !options->csv)
			putchar('\n');
		if (!i || !options->csv)
			print_table(&tables[i], i ? &rest : options);
	}
	if (options->json)
		puts("\n}");
}
