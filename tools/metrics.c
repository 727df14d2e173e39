// SPDX-License-Identifier: GPL-2.0-only
/*
 * relayctl metrics: what relays do and how long they last, for Prometheus.
 *
 * OpenMetrics 1.0, or with --prometheus the older text format, which node_exporter's
 * textfile collector reads: there a counter's family has the name of its samples.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "relayctl.h"
#include "wear.h"

/* One relay of which metrics are made. */
struct measured {
	const char *name;
	int fd;
	struct pace pace;
};

/* Prints what a family has of a relay. */
typedef void (*sampler)(FILE *to, const char *family, const struct measured *relay);

struct family {
	const char *name;
	enum { GAUGE, COUNTER, INFO } type;
	const char *unit;
	const char *help;
	sampler sample;
	const char *file;	/* in place of it, where there is a number to be handed on */
};

/* As in JSON but for control characters, which no label of a relay has. */
static void print_label(FILE *to, const char *label, const char *value)
{
	fprintf(to, "%s=\"", label);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', to);
		fputc(*value, to);
	}
	fputc('"', to);
}

/* The head of a sample: more labels may follow, then "} VALUE". */
static void begin(FILE *to, const char *family, const struct measured *relay)
{
	fprintf(to, "%s{", family);
	print_label(to, "relay", relay->name);
}

static void sample_of(FILE *to, const char *family, const struct measured *relay,
		      const char *label, const char *value, const char *number)
{
	begin(to, family, relay);
	if (label) {
		fputc(',', to);
		print_label(to, label, value);
	}
	fprintf(to, "} %s\n", number);
}

static void sample_info(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const labels[] = { "label", "part", "serial", "load" };
	char value[VALUE_SIZE];

	begin(to, family, relay);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		if (read_attr(relay->fd, labels[i], value))
			continue;
		fputc(',', to);
		print_label(to, labels[i], value);
	}
	fputs("} 1\n", to);
}

/* Of "word word ...": 1 for what the file reads, 0 for the others. */
static void sample_words(FILE *to, const char *family, const struct measured *relay,
			 const char *label, const char *file, const char *const *words)
{
	char value[VALUE_SIZE];
	bool known = false;

	if (read_attr(relay->fd, file, value))
		return;
	for (; *words; words++) {
		bool is = !strcmp(*words, value);

		known |= is;
		sample_of(to, family, relay, label, *words, is ? "1" : "0");
	}
	if (!known && strcmp(value, "none"))
		sample_of(to, family, relay, label, value, "1");
}

static void sample_contact(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const words[] = { "open", "closing", "closed", "opening", NULL };

	sample_words(to, family, relay, "contact", "contact", words);
}

static void sample_health(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const words[] = { "good", "warning", "worn", NULL };

	sample_words(to, family, relay, "health", "health", words);
}

static void sample_cause(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const words[] = { "wear", "weld", "misfire", "drift", NULL };

	sample_words(to, family, relay, "cause", "health_cause", words);
}

static void sample_fault(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const words[] = {
		"drive", "stuck-open", "stuck-closed", "chatter", "supply", NULL
	};

	sample_words(to, family, relay, "kind", "fault", words);
}

static void sample_on(FILE *to, const char *family, const struct measured *relay,
		      const char *file)
{
	char value[VALUE_SIZE];

	if (!read_attr(relay->fd, file, value))
		sample_of(to, family, relay, NULL, NULL, strcmp(value, "on") ? "0" : "1");
}

static void sample_state(FILE *to, const char *family, const struct measured *relay)
{
	sample_on(to, family, relay, "state");
}

static void sample_coil(FILE *to, const char *family, const struct measured *relay)
{
	sample_on(to, family, relay, "coil");
}

static void sample_pending(FILE *to, const char *family, const struct measured *relay)
{
	char value[VALUE_SIZE];

	if (!read_attr(relay->fd, "wait_ms", value))
		sample_of(to, family, relay, NULL, NULL, strcmp(value, "0") ? "1" : "0");
}

static void sample_number(FILE *to, const char *family, const struct measured *relay,
			  const char *file, const char *label, const char *value)
{
	char number[VALUE_SIZE];

	if (!read_attr(relay->fd, file, number) && is_number(number))
		sample_of(to, family, relay, label, value, number);
}

static void sample_requests(FILE *to, const char *family, const struct measured *relay)
{
	sample_number(to, family, relay, "statistics/accepted", "result", "accepted");
	sample_number(to, family, relay, "statistics/rejected", "result", "rejected");
}

/* In seconds: the file has us, or "unknown", which has no sample. */
static void sample_measured(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const times[] = { "operate", "release", "bounce" };
	unsigned long long us;
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		snprintf(text, sizeof(text), "measured/%s_us", times[i]);
		if (!read_number(relay->fd, text, &us))
			continue;
		snprintf(text, sizeof(text), "%llu.%06llu", us / 1000000, us % 1000000);
		sample_of(to, family, relay, "time", times[i], text);
	}
}

/* What was seen of a contact that is read back, by the names of the files. */
static void sample_seen(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const files[] = {
		"closings", "misfires", "welds", "chatters", "glitches", "dropped",
	};
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "statistics/%s", files[i]);
		sample_number(to, family, relay, path, "event", files[i]);
	}
}

static void sample_sense(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const words[] = { "ok", "paused", "lost", NULL };

	sample_words(to, family, relay, "sense", "sense", words);
}

static void sample_life(FILE *to, const char *family, const struct measured *relay)
{
	unsigned long long ppm;
	char number[32];

	if (!read_number(relay->fd, "life_used_ppm", &ppm))
		return;
	snprintf(number, sizeof(number), "%llu.%06llu", ppm / 1000000, ppm % 1000000);
	sample_of(to, family, relay, NULL, NULL, number);
}

/* What nobody knows has no sample. */
static void sample_remaining(FILE *to, const char *family, const struct measured *relay)
{
	static const char *const windows[NR_WINDOWS] = { [DAY] = "24h", [MONTH] = "30d" };
	char number[32];

	for (size_t i = 0; i < NR_WINDOWS; i++) {
		if (relay->pace.days[i] == UNKNOWN)
			continue;
		snprintf(number, sizeof(number), "%llu", relay->pace.days[i] * DAY_S);
		sample_of(to, family, relay, "pace", windows[i], number);
	}
}

static const struct family families[] = {
	{ "relay", INFO, NULL, "What the relay is.", .sample = sample_info },
	{ "relay_state", GAUGE, NULL,
	  "1 if the last accepted request is on, carried out or pending.", .sample = sample_state },
	{ "relay_coil_energized", GAUGE, NULL, "1 while the coil is driven.",
	  .sample = sample_coil },
	{ "relay_contact", GAUGE, NULL, "1 for what the contact does, else 0.",
	  .sample = sample_contact },
	{ "relay_pending", GAUGE, NULL, "1 while the coil does not follow the state yet.",
	  .sample = sample_pending },
	{ "relay_cycles", COUNTER, NULL, "Energisations in the life of the relay.",
	  .file = "cycle_count" },
	{ "relay_cycles_left", GAUGE, NULL,
	  "Cycles until the rated life is used up at the present load.", .file = "cycles_left" },
	{ "relay_life_used_ratio", GAUGE, "ratio", "Share of the rated life that is used up.",
	  .sample = sample_life },
	{ "relay_life_remaining_seconds", GAUGE, "seconds",
	  "Time until the rated life is used up at the pace of the last 24 hours or 30 days.",
	  .sample = sample_remaining },
	{ "relay_health", GAUGE, NULL, "1 for the health of the relay, else 0.",
	  .sample = sample_health },
	{ "relay_health_cause", GAUGE, NULL,
	  "1 for why the health of a relay whose contact is read back is not good, else 0.",
	  .sample = sample_cause },
	{ "relay_fault", GAUGE, NULL, "1 for the fault that the relay has, else 0.",
	  .sample = sample_fault },
	{ "relay_requests", COUNTER, NULL, "Requests by sysfs, GPIO and LED, by result.",
	  .sample = sample_requests },
	{ "relay_requests_deferred", COUNTER, NULL, "Of the accepted ones those that had to wait.",
	  .file = "statistics/deferred" },
	{ "relay_requests_coalesced", COUNTER, NULL,
	  "Of the accepted ones those that a newer one replaced.", .file = "statistics/coalesced" },
	{ "relay_drive_errors", COUNTER, NULL,
	  "Times that the coil's line reported an error or was found not to be as it was driven.",
	  .file = "statistics/drive_errors" },
	{ "relay_sense", GAUGE, NULL, "1 for how the contact can be read back, else 0.",
	  .sample = sample_sense },
	{ "relay_contact_time_seconds", GAUGE, "seconds",
	  "The last operate, release and bounce time that was measured.",
	  .sample = sample_measured },
	{ "relay_contact_events", COUNTER, NULL, "What was seen of the contact.",
	  .sample = sample_seen },
	{ "relay_requests_withdrawn", COUNTER, NULL,
	  "Targets that were given up because of a fault of a contact.",
	  .file = "statistics/withdrawn" },
	{ "relay_supply_drops", COUNTER, NULL, "How often the coils' supply went bad.",
	  .file = "statistics/supply_drops" },
};

/* The names that the samples and, in the older format, also the family have. */
static const char *const suffixes[] = { [GAUGE] = "", [COUNTER] = "_total", [INFO] = "_info" };
static const char *const types[] = { [GAUGE] = "gauge", [COUNTER] = "counter", [INFO] = "info" };

static void print_head(FILE *to, const char *name, const char *type, const char *unit,
		       const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
	if (unit)
		fprintf(to, "# UNIT %s %s\n", name, unit);
}

static void print_metrics(FILE *to, const struct measured *relays, size_t nr, bool prometheus)
{
	char name[64];

	print_head(to, "relays", "gauge", NULL, "Relays that are bound.");
	fprintf(to, "relays %zu\n", nr);
	for (size_t f = 0; nr && f < ARRAY_SIZE(families); f++) {
		const struct family *family = &families[f];
		bool info = family->type == INFO;

		snprintf(name, sizeof(name), "%s%s", family->name, suffixes[family->type]);
		print_head(to, prometheus ? name : family->name,
			   prometheus && info ? "gauge" : types[family->type],
			   prometheus ? NULL : family->unit, family->help);
		for (size_t i = 0; i < nr; i++) {
			if (family->file)
				sample_number(to, name, &relays[i], family->file, NULL, NULL);
			else
				family->sample(to, name, &relays[i]);
		}
	}
	if (!prometheus)
		fputs("# EOF\n", to);
}

/* Who reads the file finds all of the old text or all of the new one: 0 or -errno. */
static int replace_file(const char *path, const char *text, size_t len)
{
	char *temporary;
	int ret = 0;
	FILE *file;

	if (asprintf(&temporary, "%s.%d.tmp", path, getpid()) < 0)
		temporary = NULL;
	file = fopen(checked(temporary), "we");
	if (!file) {
		ret = -errno;
	} else {
		if (fwrite(text, 1, len, file) != len || fchmod(fileno(file), 0644))
			ret = -errno;
		if (fclose(file) && !ret)
			ret = -errno;
		if (!ret && rename(temporary, path))
			ret = -errno;
		if (ret)
			unlink(temporary);
	}
	free(temporary);
	return ret;
}

int cmd_metrics(const struct call *call)
{
	const struct options *options = call->options;
	const char *debugfs = debugfs_dir(NULL);
	struct measured *relays;
	int status = EXIT_SUCCESS;
	struct chosen chosen;
	char *text = NULL;
	size_t nr = 0, len;
	FILE *to;
	int ret;

	if (choose_relays(call->relays, call->words, call->nr, &chosen))
		status = EXIT_FAILED;
	relays = checked(calloc(chosen.nr + 1, sizeof(*relays)));
	for (size_t i = 0; i < chosen.nr; i++) {
		int fd = open_relay(call->relays, chosen.names[i]);
		struct sample now;
		char *wear;

		if (fd < 0) {
			status = EXIT_FAILED;
			continue;
		}
		wear = read_debugfs(debugfs, chosen.names[i], "wear", false);
		now = sample_relay(fd, wear);
		free(wear);
		relays[nr++] = (struct measured){
			.name = chosen.names[i], .fd = fd,
			.pace = find_pace(options->samples ?: FOLDER, chosen.names[i], &now),
		};
	}

	to = checked(open_memstream(&text, &len));
	print_metrics(to, relays, nr, options->prometheus);
	fclose(to);
	if (options->file) {
		ret = replace_file(options->file, checked(text), len);
		if (ret) {
			warnx("%s: %s", options->file, strerror(-ret));
			status = EXIT_FAILED;
		}
	} else {
		fwrite(checked(text), 1, len, stdout);
	}
	while (nr)
		close(relays[--nr].fd);
	free(text);
	free(relays);
	free(chosen.names);
	return status;
}
