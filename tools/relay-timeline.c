// SPDX-License-Identifier: GPL-2.0-only
/*
 * relay-timeline - a picture of requests, coils and contacts
 *
 * Reads the driver's tracepoints as text, and the edges that somebody else saw
 * on the coils' lines, and shows both on one clock: in the terminal, as SVG and
 * as VCD for a wave viewer.
 */
#include <ctype.h>
#include <err.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "timeline.h"
#include "tools.h"

#define EXIT_USAGE	2
#define SEE_HELP	"; see relay-timeline --help"

#define LINE_MAX_NR	4095
#define COLUMNS_MAX	1000

static const char help_text[] =
"Usage: relay-timeline [OPTION]... [TRACE]\n"
"\n"
"Draw what relays were asked, what their coils and contacts did, and what was\n"
"seen from outside. TRACE has the tracepoints of emrelay as text (a copy of\n"
"/sys/kernel/tracing/trace or trace_pipe; other lines are skipped); without\n"
"TRACE or with - it is standard input.\n"
"\n"
"      --from=TIME        draw from TIME on\n"
"      --to=TIME          draw up to TIME\n"
"      --fold=TIME        leave out idle stretches longer than TIME, those first\n"
"                         that save most\n"
"      --ascii            no characters beyond ASCII\n"
"      --title=TEXT       a title for the pictures\n"
"      --svg=FILE         write a picture for documents\n"
"      --vcd=FILE         write waves for GTKWave and PulseView\n"
"\n"
"What was seen from outside, by a logic analyser or an emulator:\n"
"      --edges=FILE       edges, one a line: \"<ns> <line> <0|1>\"; # is a comment\n"
"      --line=N=NAME      line N is the coil of relay NAME, high when energised\n"
"      --line-low=N=NAME  the same, low when energised\n"
"      --offset=[-]TIME   CLOCK_BOOTTIME minus the outside clock; without it the\n"
"                         offset is found by matching coil edges. It is one for\n"
"                         the whole log: clocks that drift apart do not fit\n"
"      --tolerance=TIME   how far apart matched edges may be (default 1ms)\n"
"\n"
"  -h, --help             print this text\n"
"      --version          print the version\n"
"\n"
"TIME is a number of seconds, or has a unit: 1.5, 1.5s, 20ms, 300us, 123456789ns.\n"
"--from and --to are CLOCK_BOOTTIME, as now_ns= in the trace; with + before the\n"
"number they count from the first event of the trace: --from=+0 --to=+60ms.\n"
"\n"
"The terminal's width is $COLUMNS, else the terminal's own, else 80.\n"
"\n"
"The VCD has 1 ns a step. GTKWave takes it as it is; PulseView keeps a sample\n"
"for every step, so import with \"downsample\" 1000 or more. contact is 00 open,\n"
"01 closing, 11 closed, 10 opening; request and refused go up for 1 us.\n"
"\n"
"Exit status: 0 done, 1 failed, 2 wrong usage.\n";

/* The decimals of a number in this unit, exactly; returns whether text is one. */
static bool parse_time(const char *text, long long *ns)
{
	static const struct {
		const char *name;
		long long ns;
	} units[] = {
		{ "", NS_PER_S }, { "s", NS_PER_S }, { "ms", NS_PER_MS }, { "us", NS_PER_US },
		{ "ns", 1 },
	};
	size_t whole = strspn(text, "0123456789");
	size_t part = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	const char *unit = text + whole + (text[whole] == '.') + part;
	long long scale = 0;

	if (!whole || (text[whole] == '.' && !part))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			scale = units[i].ns;
	if (!scale)
		return false;

	*ns = 0;
	for (size_t i = 0; i < whole; i++)
		if (__builtin_mul_overflow(*ns, 10LL, ns) ||
		    __builtin_add_overflow(*ns, (long long)(text[i] - '0'), ns))
			return false;
	if (__builtin_mul_overflow(*ns, scale, ns))
		return false;
	for (size_t i = 0; i < part; i++) {
		scale /= 10;
		if (__builtin_add_overflow(*ns, (text[whole + 1 + i] - '0') * scale, ns))
			return false;
	}
	return *ns <= LLONG_MAX / 4;
}

static long long time_option(const char *option, const char *text)
{
	long long ns;

	if (!parse_time(text, &ns))
		errx(EXIT_USAGE,
		     "%s: '%s' is no time such as 1.5, 20ms or 12345678900ns" SEE_HELP,
		     option, text);
	return ns;
}

struct moment {
	bool given;
	bool relative;		/* to the first event */
	long long ns;
};

static struct moment moment_option(const char *option, const char *text)
{
	struct moment moment = { .given = true, .relative = *text == '+' };

	moment.ns = time_option(option, text + moment.relative);
	return moment;
}

/* "N=NAME" */
static void line_option(struct timeline *timeline, const char *text, bool active_low)
{
	const char *name = strchr(text, '=');
	struct relay *relay;
	char *end;
	long line;

	line = isdigit((unsigned char)*text) ? strtol(text, &end, 10) : UNKNOWN;
	if (!name || !name[1] || line < 0 || end != name || line > LINE_MAX_NR)
		errx(EXIT_USAGE, "--line: '%s' is not N=NAME" SEE_HELP, text);
	for (size_t i = 0; i < timeline->nr; i++)
		if (timeline->relays[i]->line == line)
			errx(EXIT_USAGE, "--line: line %ld is given twice" SEE_HELP, line);
	relay = find_relay(timeline, name + 1);
	if (relay->line != UNKNOWN)
		errx(EXIT_USAGE, "--line: relay %s is given twice" SEE_HELP, relay->shown);
	relay->line = line;
	relay->active_low = active_low;
}

static int terminal_columns(void)
{
	const char *text = getenv("COLUMNS");
	struct winsize size;
	long columns = 0;

	if (text && isdigit((unsigned char)*text))
		columns = strtol(text, NULL, 10);
	/* Behind a pipe to a pager the terminal is still where errors go. */
	for (int fd = STDOUT_FILENO; columns <= 0 && fd <= STDERR_FILENO; fd++)
		if (!ioctl(fd, TIOCGWINSZ, &size))
			columns = size.ws_col;
	if (columns <= 0)
		columns = 80;
	return columns < COLUMNS_MAX ? (int)columns : COLUMNS_MAX;
}

static void write_file(const char *path, const struct view *view,
		       void (*write)(FILE *out, const struct view *view))
{
	FILE *out = fopen(path, "we");

	if (!out)
		err(EXIT_FAILURE, "%s", path);
	write(out, view);
	if (fflush(out) || ferror(out) || fclose(out))
		err(EXIT_FAILURE, "%s", path);
}

static void align(struct timeline *timeline, const char *edges, long long tolerance,
		  struct alignment *alignment)
{
	read_edges(timeline, edges);
	sort_timeline(timeline);
	measure_span(timeline);
	if (!alignment->given && !find_offset(timeline, tolerance, alignment))
		errx(EXIT_FAILURE,
		     "%s: no offset brings the outside edges to the coil edges of the trace; check --line, or give --offset",
		     edges);
	alignment->tolerance = tolerance;
	judge_offset(timeline, tolerance, alignment);
	shift_wires(timeline, alignment->offset);
	for (size_t i = 0; i < timeline->nr; i++) {
		const struct relay *relay = timeline->relays[i];

		if (!relay->coil.nr && !relay->contact.nr && !relay->nr_requests)
			warnx("relay %s of --line is not in the trace", relay->shown);
	}
}

/* A little more than what happened, so that nothing sticks to the frame. */
static void whole_view(struct view *view)
{
	const struct timeline *timeline = view->timeline;
	long long pad = (timeline->to - timeline->from) / 50;

	if (!pad)
		pad = NS_PER_MS;
	view->from = timeline->from - pad;
	view->to = timeline->to + pad;
}

static void choose_view(struct view *view, struct moment from, struct moment to)
{
	long long start = view->timeline->trace_from;

	whole_view(view);
	if (from.given)
		view->from = from.ns + (from.relative ? start : 0);
	if (to.given)
		view->to = to.ns + (to.relative ? start : 0);
	/* An outside edge may be older than the kernel's clock, which has no past. */
	if (view->from < 0)
		view->from = 0;
	if (view->from >= view->to)
		errx(EXIT_USAGE, "nothing is from %lld ns to %lld ns" SEE_HELP, view->from,
		     view->to);
}

int main(int argc, char **argv)
{
	enum {
		OPT_FROM = 256, OPT_TO, OPT_FOLD, OPT_ASCII, OPT_TITLE, OPT_SVG, OPT_VCD,
		OPT_EDGES, OPT_LINE, OPT_LINE_LOW, OPT_OFFSET, OPT_TOLERANCE, OPT_VERSION,
	};
	static const struct option options[] = {
		{ "from",	required_argument,	NULL, OPT_FROM },
		{ "to",		required_argument,	NULL, OPT_TO },
		{ "fold",	required_argument,	NULL, OPT_FOLD },
		{ "ascii",	no_argument,		NULL, OPT_ASCII },
		{ "title",	required_argument,	NULL, OPT_TITLE },
		{ "svg",	required_argument,	NULL, OPT_SVG },
		{ "vcd",	required_argument,	NULL, OPT_VCD },
		{ "edges",	required_argument,	NULL, OPT_EDGES },
		{ "line",	required_argument,	NULL, OPT_LINE },
		{ "line-low",	required_argument,	NULL, OPT_LINE_LOW },
		{ "offset",	required_argument,	NULL, OPT_OFFSET },
		{ "tolerance",	required_argument,	NULL, OPT_TOLERANCE },
		{ "help",	no_argument,		NULL, 'h' },
		{ "version",	no_argument,		NULL, OPT_VERSION },
		{ }
	};
	const char *svg = NULL, *vcd = NULL, *edges = NULL, *trace;
	struct moment from = { }, to = { };
	struct timeline timeline = { };
	struct alignment alignment = { };
	struct view view = { .timeline = &timeline };
	long long tolerance = NS_PER_MS;
	bool ascii = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (opt) {
		case OPT_FROM:
			from = moment_option("--from", optarg);
			break;
		case OPT_TO:
			to = moment_option("--to", optarg);
			break;
		case OPT_FOLD:
			view.fold = time_option("--fold", optarg);
			break;
		case OPT_ASCII:
			ascii = true;
			break;
		case OPT_TITLE:
			free(view.title);
			view.title = copy_printable(optarg);
			break;
		case OPT_SVG:
			svg = optarg;
			break;
		case OPT_VCD:
			vcd = optarg;
			break;
		case OPT_EDGES:
			edges = optarg;
			break;
		case OPT_LINE:
		case OPT_LINE_LOW:
			line_option(&timeline, optarg, opt == OPT_LINE_LOW);
			break;
		case OPT_OFFSET:
			alignment.given = true;
			alignment.offset = *optarg == '-' ? -time_option("--offset", optarg + 1) :
							    time_option("--offset", optarg);
			break;
		case OPT_TOLERANCE:
			tolerance = time_option("--tolerance", optarg);
			break;
		case 'h':
			fputs(help_text, stdout);
			return EXIT_SUCCESS;
		case OPT_VERSION:
			puts("relay-timeline (emrelay) " EMRELAY_VERSION);
			return EXIT_SUCCESS;
		default:
			return EXIT_USAGE;	/* getopt_long() has said why */
		}
	}
	if (argc - optind > 1)
		errx(EXIT_USAGE, "more than one TRACE" SEE_HELP);
	trace = optind < argc ? argv[optind] : "-";
	if (!edges != !timeline.nr)
		errx(EXIT_USAGE, "--edges and --line need each other" SEE_HELP);
	if (edges && !strcmp(edges, "-") && !strcmp(trace, "-"))
		errx(EXIT_USAGE, "only one file can be standard input" SEE_HELP);

	read_trace(&timeline, trace);
	if (edges) {
		align(&timeline, edges, tolerance, &alignment);
		view.alignment = &alignment;
	} else {
		sort_timeline(&timeline);
	}
	measure_span(&timeline);
	choose_view(&view, from, to);

	write_text(stdout, &view, terminal_columns(), ascii);
	if (svg)
		write_file(svg, &view, write_svg);
	if (vcd)
		write_file(vcd, &view, write_vcd);
	free_timeline(&timeline);
	free(view.title);

	if (fflush(stdout) || ferror(stdout))
		err(EXIT_FAILURE, "standard output");
	return EXIT_SUCCESS;
}
