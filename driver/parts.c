// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data sheets as data, and checking a load against them. See parts.h.
 * A new part is one more entry here, and its name in the binding.
 */
#include "parts.h"

#define EMRELAY_PICOVA_PER_MILLIVA	1000000000U

/* A, V, VA, A on closing, and for how many us. */
#define LIMIT(ampere, volt, voltampere, inrush, us) \
	{ (ampere) * 1000000U, (volt) * 1000000U, (voltampere) * 1000U, (inrush) * 1000000U, us }

const char * const emrelay_load_names[EMRELAY_LOAD_CLASSES] = {
	[EMRELAY_LOAD_NONE] = "none", [EMRELAY_LOAD_RESISTIVE] = "resistive",
	[EMRELAY_LOAD_AC15] = "ac-15", [EMRELAY_LOAD_DC13] = "dc-13",
};

/*
 * The comment at a row's head names the part and its sheet; those at the numbers
 * give the sheet's own words. What a sheet does not give is not here: the node
 * gives it, or it is not checked. Of two figures for the contacts of one relay,
 * or for coils with and without a diode, the longer time stands. DC load limit
 * curves are pictures without figures.
 */
const struct emrelay_part emrelay_parts[] = {
	{
		/* WAGO 859-353, 12 V, 1 changeover: data sheet of the item */
		.compatible = "wago,859-353",
		.ratings = {
			.operate_us = 15000,		/* Pull-in time (typ.) */
			.release_us = 25000,		/* Drop-out time (typ.) */
			.bounce_us = 3500,		/* Bounce time (typ.) */
			.electrical_life = 50000,	/* NO; resistive load; 23 °C */
			.mechanical_life = 5000000,	/* Mechanical life */
			.loaded_per_minute = 6,		/* Switching frequency with load */
			.unloaded_per_minute = 180,	/* ... without load */
			.coil_min_microvolt = 10200000,	/* Nominal voltage 12 V -15 % ... */
			.coil_max_microvolt = 13200000,	/* ... +10 % */
			.coil_microamp = 15000,		/* Nominal input current */
		},
		/* Inrush current (resistive) max.: (AC) 20 A / 0.02 s; DC not rated */
		.limit = {
			/* Limiting continuous current; Switching voltage, max. */
			[EMRELAY_LOAD_NONE] = LIMIT(5, 250, 0, 20, 20000),
			/* The same; Switching power (resistive) max. AC */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(5, 250, 1250, 20, 20000),
			/* Switching capacity AC-15: 3 A / 250 VAC */
			[EMRELAY_LOAD_AC15] = LIMIT(3, 250, 0, 20, 20000),
			/* Switching capacity DC-13: 2 A / 24 VDC */
			[EMRELAY_LOAD_DC13] = LIMIT(2, 24, 0, 2, 0),
		},
		/* Recommended minimum load 10 V / 10 mA; 24 V / 1 mA */
		.minimum = { { 10000000, 10000 }, { 24000000, 1000 } },
	}, {
		/* WAGO 857-354, 24 V AC/DC, 1 changeover: data sheet of 02.05.2019, p. 2 */
		.compatible = "wago,857-354",
		.ratings = {
			.operate_us = 15000,		/* Pull-in time (typ.) */
			.release_us = 25000,		/* Drop-out time (typ.) */
			.bounce_us = 3500,		/* Bounce time (typ) */
			.electrical_life = 50000,	/* N.O.; resistive load; 23 °C */
			.mechanical_life = 5000000,	/* Mechanical life */
			.loaded_per_minute = 6,		/* with/without load 6min/180min */
			.unloaded_per_minute = 180,
		},
		/* Max. make current (resistive): (AC) 20 A / 0.02 s */
		.limit = {
			/* Limiting continuous current; Max. switching voltage */
			[EMRELAY_LOAD_NONE] = LIMIT(6, 250, 0, 20, 20000),
			/* Max. switching power (resistive): AC 1,500 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(6, 250, 1500, 20, 20000),
			/* Switching capacity AC-15: 3 A / AC 250 V; DC-13: 2 A / DC 24 V */
			[EMRELAY_LOAD_AC15] = LIMIT(3, 250, 0, 20, 20000),
			[EMRELAY_LOAD_DC13] = LIMIT(2, 24, 0, 2, 0),
		},
		/* Recommended minimum load 10 V / 10 mA; 24 V / 1 mA */
		.minimum = { { 10000000, 10000 }, { 24000000, 1000 } },
	}, {
		/* WAGO 788-384, 24 V DC, 2 changeover: data sheet of 06.12.2018, p. 2 */
		.compatible = "wago,788-384",
		.ratings = {
			.operate_us = 10000,		/* Pull-in time (typ.) */
			.release_us = 4000,		/* Drop-out time (typ.) */
			.electrical_life = 100000,	/* N.O.; resistive load; 23 °C */
			.mechanical_life = 10000000,	/* Mechanical life */
			.loaded_per_minute = 6,		/* with/without load 6 min / 300 min */
			.unloaded_per_minute = 300,
		},
		/* Max. make current (resistive): 4 s 14 A (AC) */
		.limit = {
			/* Limiting continuous current; Max. switching voltage */
			[EMRELAY_LOAD_NONE] = LIMIT(6, 250, 0, 14, 4000000),
			/* Max. switching power (resistive): 1500 VA AC */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(6, 250, 1500, 14, 4000000),
			/* Switching capacity AC-15: 3 A / 250 VAC; DC-13: 3 A / 24 VDC */
			[EMRELAY_LOAD_AC15] = LIMIT(3, 250, 0, 14, 4000000),
			[EMRELAY_LOAD_DC13] = LIMIT(3, 24, 0, 3, 0),
		},
		/* Recommended minimum load 5 V / 10 mA */
		.minimum = { [0 ... 1] = { 5000000, 10000 } },
	}, {
		/* WAGO 788-355, 24 V DC, 1 make contact: data sheet of 06.12.2018, p. 2 */
		.compatible = "wago,788-355",
		.ratings = {
			.operate_us = 8000,		/* Pull-in time (typ.) */
			.release_us = 2000,		/* Drop-out time (typ.) */
			.bounce_us = 2000,		/* Bounce time (typ) */
			.mechanical_life = 30000000,	/* Mechanical life */
		},
		/* Max. make current (resistive): 0.02 s 120 A (AC) */
		.limit = {
			/* Limiting continuous current; Max. switching voltage */
			[EMRELAY_LOAD_NONE] = LIMIT(16, 250, 0, 120, 20000),
			/* Max. switching power (resistive): 4000 VA AC */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(16, 250, 4000, 120, 20000),
		},
	}, {
		/* TE Schrack RT314, DC coil, 1 changeover: RT1, Rev. HK1 (2008/11), p. 1 */
		.compatible = "te,rt314",
		.ratings = {
			.operate_us = 8000,		/* Operate/release time, max 8 / 6 ms */
			.release_us = 6000,
			.bounce_us = 6000,		/* NO/NC contact, max 4 / 6 ms */
			.electrical_life = 30000,	/* NO, 16 A, 250 VAC, 85 °C */
			.mechanical_life = 30000000,	/* Rev. HC1: DC coil > 30 x 10^6 cycles */
			.loaded_per_minute = 6,		/* DC coil: 6 / 1200 min^-1 */
			.unloaded_per_minute = 1200,
		},
		/* Limiting making capacity, max 4 s, df 10 %: 30 A */
		.limit = {
			/* Rated current 16 A; max. switching voltage 400 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(16, 400, 0, 30, 4000000),
			/* Maximum breaking capacity AC: 4000 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(16, 400, 4000, 30, 4000000),
			/* EN60947-5-1: NO / NC 2 A, 24 VDC DC13 */
			[EMRELAY_LOAD_DC13] = LIMIT(2, 24, 0, 2, 0),
		},
	}, {
		/* TE Schrack RT33L, DC coil, 1 NO: RT1 Inrush, Rev. IJ1 (2009/10), p. 1 */
		.compatible = "te,rt33l",
		.ratings = {
			.operate_us = 9000,		/* Operate/release time, max 9 / 6 ms */
			.release_us = 6000,
			.bounce_us = 6000,		/* NO/NC contact, max 3 / 6 ms */
			.electrical_life = 50000,	/* RT33L NO, 16 A, 250 VAC, 85 °C */
			.mechanical_life = 30000000,	/* Rev. HG1: > 30 x 10^6 */
			.loaded_per_minute = 6,		/* with/without load 6 / 1200 min^-1 */
			.unloaded_per_minute = 1200,
		},
		/* Limiting making capacity, max 20 ms (incandescent lamps): 80 A */
		.limit = {
			/* Rated current 16 A; max. switching voltage 400 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(16, 400, 0, 80, 20000),
			/* Maximum breaking capacity AC: 4000 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(16, 400, 4000, 80, 20000),
		},
	}, {
		/* TE Schrack RT424, DC coil, 2 changeover: RT2, Rev. IJ1 (2009/10), p. 1 */
		.compatible = "te,rt424",
		.ratings = {
			.operate_us = 8000,		/* Operate/release time, max 8 / 6 ms */
			.release_us = 6000,
			.bounce_us = 10000,		/* NO/NC contact, max 4 / 10 ms */
			.electrical_life = 10000,	/* DC coil CO, 8 A, 250 VAC, 85 °C */
			.mechanical_life = 30000000,	/* Later sheet: > 30 x 10^6 operations */
			.loaded_per_minute = 6,		/* DC coil: 6 / 1200 min^-1 */
			.unloaded_per_minute = 1200,
		},
		/* Limiting making capacity, max 4 s, duty factor 10 %: 15 A */
		.limit = {
			/* Rated current 8 A; max. switching voltage 400 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(8, 400, 0, 15, 4000000),
			/* Maximum breaking capacity AC: 2000 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(8, 400, 2000, 15, 4000000),
		},
	}, {
		/* TE Schrack PT5, DC coil, 4 changeover: PT, Rev. IJ1 (2009/10), p. 1 */
		.compatible = "te,pt5",
		.ratings = {
			.operate_us = 15000,		/* Operate time, typ 15 ms */
			.release_us = 18000,		/* with protection diode, typ 18 ms */
			.bounce_us = 8000,		/* NO/NC contact, typ 6 / 8 ms */
			.electrical_life = 100000,	/* CO, 6 A, 250 VAC, 70 °C */
			.mechanical_life = 30000000,	/* Later sheet: DC coil 30 x 10^6 */
			.loaded_per_minute = 6,		/* with/without load 6/600 min^-1 */
			.unloaded_per_minute = 600,
		},
		/* Limiting making capacity, max 20 ms: 12 A */
		.limit = {
			/* Rated current 6 A; max. switching voltage 240 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(6, 240, 0, 12, 20000),
			/* Maximum breaking capacity AC: 1500 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(6, 240, 1500, 12, 20000),
		},
		/* Minimum contact load 12 V / 10 mA */
		.minimum = { [0 ... 1] = { 12000000, 10000 } },
	}, {
		/* Finder 34.51, 1 changeover: 34 series, I-2015, p. 1 */
		.compatible = "finder,34.51",
		.ratings = {
			.operate_us = 5000,		/* Operate/release time 5/3 ms */
			.release_us = 3000,
			.electrical_life = 60000,	/* at rated load AC1 */
			.mechanical_life = 10000000,	/* DC 10 x 10^6 */
		},
		/* Maximum peak current 10 A, of no stated length */
		.limit = {
			/* Rated current 6 A; maximum switching voltage 400 V AC */
			[EMRELAY_LOAD_NONE] = LIMIT(6, 400, 0, 10, 0),
			/* Rated load AC1: 1,500 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(6, 400, 1500, 10, 0),
			/* Rated load AC15 (230 V AC): 300 VA */
			[EMRELAY_LOAD_AC15] = LIMIT(6, 400, 300, 10, 0),
		},
		/* Minimum switching load 500 mW (12 V / 10 mA) */
		.minimum = { [0 ... 1] = { 12000000, 10000 } },
	}, {
		/* Finder 40.52, DC coil, 2 changeover: 40 series, p. 1, of no stated edition */
		.compatible = "finder,40.52",
		.ratings = {
			.operate_us = 7000,		/* Operate/release time 7/3 ms */
			.release_us = 3000,
			.electrical_life = 100000,	/* at rated load AC1 */
			.mechanical_life = 20000000,	/* AC/DC 10 x 10^6 / 20 x 10^6 */
		},
		/* Maximum peak current 15 A, of no stated length */
		.limit = {
			/* Rated current 8 A; maximum switching voltage 400 V AC */
			[EMRELAY_LOAD_NONE] = LIMIT(8, 400, 0, 15, 0),
			/* Rated load AC1: 2,000 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(8, 400, 2000, 15, 0),
			/* Rated load AC15 (230 V AC): 400 VA */
			[EMRELAY_LOAD_AC15] = LIMIT(8, 400, 400, 15, 0),
		},
		/* Minimum switching load 300 mW (5 V / 5 mA) */
		.minimum = { [0 ... 1] = { 5000000, 5000 } },
	}, {
		/* Finder 55.34, DC coil, 4 changeover: 55 series, VII-2012, p. 2; III-2018, p. 6 */
		.compatible = "finder,55.34",
		.ratings = {
			.operate_us = 11000,		/* Operate/release time 11/3 ms */
			.release_us = 3000,
			.bounce_us = 3000,		/* III-2018: Bounce time NO/NC 1/3 ms */
			.electrical_life = 150000,	/* at rated load AC1 */
			.mechanical_life = 50000000,	/* AC/DC 20 x 10^6 / 50 x 10^6 */
		},
		/* Maximum peak current 15 A, of no stated length */
		.limit = {
			/* Rated current 7 A; maximum switching voltage 250 V AC */
			[EMRELAY_LOAD_NONE] = LIMIT(7, 250, 0, 15, 0),
			/* Rated load AC1: 1,750 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(7, 250, 1750, 15, 0),
			/* Rated load AC15 (230 V AC): 350 VA */
			[EMRELAY_LOAD_AC15] = LIMIT(7, 250, 350, 15, 0),
		},
		/* Minimum switching load 300 mW (5 V / 5 mA) */
		.minimum = { [0 ... 1] = { 5000000, 5000 } },
	}, {
		/* Omron G5LE-1, 1 changeover: G5LE PCB Power Relay, p. 1 */
		.compatible = "omron,g5le-1",
		.ratings = {
			.operate_us = 10000,		/* Operate time 10 ms max. */
			.release_us = 5000,		/* Release time 5 ms max. */
			.electrical_life = 100000,	/* 100,000 operations min. ... */
			.mechanical_life = 10000000,	/* 10,000,000 operations min. ... */
			.loaded_per_minute = 30,	/* ... (at 1,800 operations/hr) */
			.unloaded_per_minute = 300,	/* ... (at 18,000 operations/hr) */
		},
		.limit = {
			/* Rated carry current 10 A; Max. switching voltage 250 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(10, 250, 0, 10, 0),
			/* Rated load 10 A at 120 VAC */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(10, 250, 0, 10, 0),
		},
	}, {
		/* Omron MY4, DC coil, 4 changeover: MY, p. 17 (Characteristics), 1 */
		.compatible = "omron,my4",
		.ratings = {
			.operate_us = 20000,		/* Operation time 20 ms max. */
			.release_us = 20000,		/* Release time 20 ms max. */
			.electrical_life = 200000,	/* 4 poles: 200,000 operations min. */
			.mechanical_life = 100000000,	/* DC: 100,000,000 operations min. */
			.loaded_per_minute = 30,	/* Rated load 1,800 operations/h */
			.unloaded_per_minute = 300,	/* Mechanical 18,000 operations/h */
		},
		.limit = {
			/* Max. switching current, 4-pole: 5 A */
			[EMRELAY_LOAD_NONE] = LIMIT(5, 0, 0, 5, 0),
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(5, 0, 0, 5, 0),
		},
	}, {
		/* Songle SRD-05VDC-SL-C, 1 changeover: SRD, sections 7 and 8 */
		.compatible = "songle,srd-05vdc-sl-c",
		.ratings = {
			.operate_us = 10000,		/* Operation Time 10 msec Max. */
			.release_us = 5000,		/* Release Time 5 msec Max. */
		},
		.limit = {
			/* 10 A 125 VAC; Max. Allowable Voltage 250 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(10, 250, 0, 10, 0),
			/* FORM C Max. Allowable Power Force 800 VAC */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(10, 250, 800, 10, 0),
		},
	}, {
		/* Sanyou SRD-D: Power Relay SRD-Series, V2.4, p. 1 */
		.compatible = "sanyou,srd-d",
		.ratings = {
			.operate_us = 8000,		/* Operate time 8 msec. Max. */
			.release_us = 5000,		/* Release time 5 msec. Max. */
			.electrical_life = 100000,	/* Electrical 100,000 cycles ... */
			.mechanical_life = 10000000,	/* Mechanical 10,000,000 cycles ... */
			.loaded_per_minute = 30,	/* ... (at 1,800 ops./h) */
			.unloaded_per_minute = 180,	/* ... (at 10,800 ops./h) */
		},
		.limit = {
			/* Max. switching current 12 A; Max. switching voltage 277 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(12, 277, 0, 12, 0),
			/* Max. switching power 2,770 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(12, 277, 2770, 12, 0),
		},
	}, {
		/* Hongfa HF115F-H, 0.25 W coil: HF115F-H Miniature High Power Relay, p. 1 */
		.compatible = "hongfa,hf115f-h",
		.ratings = {
			.operate_us = 15000,		/* Operate time 15 ms max. */
			.release_us = 8000,		/* Release time 8 ms max. */
			.electrical_life = 100000,	/* 10 A 250 VAC, at 85 °C, ... */
			.mechanical_life = 10000000,	/* Mechanical endurance 1 x 10^7 OPS */
			.loaded_per_minute = 6,		/* ... 5 s on 5 s off */
		},
		.limit = {
			/* Max. switching current 10 A; Max. switching voltage 440 VAC */
			[EMRELAY_LOAD_NONE] = LIMIT(10, 440, 0, 10, 0),
			/* Max. switching power 2500 VA */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(10, 440, 2500, 10, 0),
		},
	}, {
		/* Panasonic LD (ALD1), 1 form A: LD 1 Form A Slim Power Relay, p. 1 */
		.compatible = "panasonic,ld",
		.ratings = {
			.operate_us = 10000,		/* Operate time Max. 10 ms */
			.release_us = 10000,		/* Release time (with diode) Max. 10 ms */
			.electrical_life = 100000,	/* 3 A 250 V AC: 10^5 */
			.mechanical_life = 5000000,	/* Mechanical 5 x 10^6 ... */
			.loaded_per_minute = 20,	/* 20 cpm (at rated load) */
			.unloaded_per_minute = 180,	/* ... (at 180 cpm) */
		},
		.limit = {
			/* Max. switching current 3 A; Max. switching voltage 277 V AC */
			[EMRELAY_LOAD_NONE] = LIMIT(3, 277, 0, 3, 0),
			/* Max. switching power 831 VA (AC) */
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(3, 277, 831, 3, 0),
		},
	}, {
		/* ABB AF09Z contactor, 24 V DC: 1SBC100214C02, p. 3/63; 1SBC100192C02 */
		.compatible = "abb,af09z",
		.ratings = {
			.operate_us = 53000,		/* N.O. contact closing 27...53 ms */
			.release_us = 29000,		/* N.O. contact opening 17...29 ms */
			.mechanical_life = 10000000,	/* PDF p. 340: 10 millions */
			.loaded_per_minute = 10,	/* PDF p. 677: general use 600 cycles/h */
			.unloaded_per_minute = 60,	/* PDF p. 340: 3600 cycles/h */
		},
		.limit = {
			/* PDF p. 677, UL / CSA General use rating: 600 V AC 20 A */
			[EMRELAY_LOAD_NONE] = LIMIT(20, 600, 0, 20, 0),
			[EMRELAY_LOAD_RESISTIVE] = LIMIT(20, 600, 0, 20, 0),
		},
	},
	{ }
};

/**
 * emrelay_load_exceeds - is a declared load above a limit?
 * @load: the load; what it does not declare is not checked
 * @limit: the limit
 * @excess: the first excess found, if it is
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_load_exceeds(const struct emrelay_load *load, const struct emrelay_load_limit *limit,
			  struct emrelay_excess *excess)
{
	bool inrush = load->inrush_microamp > limit->microamp;
	/* Rounded up, so that the least excess is one, and is told as one. */
	u64 millivoltamp = div_u64((u64)load->microamp * load->microvolt +
				   EMRELAY_PICOVA_PER_MILLIVA - 1,
				   EMRELAY_PICOVA_PER_MILLIVA);
	const struct emrelay_excess checks[] = {
		{ "load-microvolt", "uV", load->microvolt, limit->microvolt },
		{ "load-microamp", "uA", load->microamp, limit->microamp },
		{ "load-inrush-microamp", "uA", load->inrush_microamp, limit->inrush_microamp },
		{ "load-inrush-us", "us", inrush ? load->inrush_us : 0, limit->inrush_us },
		{ "load-microamp * load-microvolt", "mVA", millivoltamp, limit->millivoltamp },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		*excess = checks[i];
		if (excess->limit && excess->value > excess->limit)
			return true;
	}
	return false;
}

/**
 * emrelay_part_limit - the most a part switches of a class
 * @part: the part
 * @class: the class
 *
 * Context: Any. Pure.
 * Return: the limit of the class; of one that the sheet does not rate what the
 * contact carries, which holds for any.
 */
const struct emrelay_load_limit *emrelay_part_limit(const struct emrelay_part *part, u32 class)
{
	return &part->limit[emrelay_part_rates(part, class) ? class : EMRELAY_LOAD_NONE];
}

/**
 * emrelay_part_underloaded - is a declared load below the recommended minimum?
 * @part: the part
 * @load: the load; what it does not declare is taken as sufficient
 *
 * A contact needs some voltage and current to break through its film. One that
 * switches nothing needs none.
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_part_underloaded(const struct emrelay_part *part, const struct emrelay_load *load)
{
	const struct emrelay_load_point *minimum = part->minimum;
	unsigned int i;

	if (load->class == EMRELAY_LOAD_NONE)
		return false;

	for (i = 0; i < ARRAY_SIZE(part->minimum); i++, minimum++)
		if ((!load->microamp || load->microamp >= minimum->microamp) &&
		    (!load->microvolt || load->microvolt >= minimum->microvolt))
			return false;
	return true;
}

/**
 * emrelay_curve_check - are the points of a curve in order, and does it fall?
 * @curve: the curve
 *
 * Context: Any. Pure.
 * Return: 0, or the number, counted from 1, of the first point that has a 0, or
 * no larger first and smaller second number than the one before.
 */
unsigned int emrelay_curve_check(const struct emrelay_curve *curve)
{
	const struct emrelay_point *point = curve->point;
	unsigned int i;

	for (i = 0; i < curve->count; i++, point++)
		if (!point->x || !point->y ||
		    (i && (point->x <= point[-1].x || point->y >= point[-1].y)))
			return i + 1;
	return 0;
}

/**
 * emrelay_dc_overloaded - is a declared load above a DC load limit?
 * @limit: the limit, of at least one point, in order
 * @load: the load; what it does not declare is not checked, and a voltage that
 *	it does not declare is taken for the lowest
 * @excess: the first excess found, if it is
 *
 * Between two points the current of the higher voltage counts: nobody knows how
 * the curve goes there, but that it falls. No sheet rates an inrush on DC.
 *
 * Context: Any. Pure.
 * Return: true if it is.
 */
bool emrelay_dc_overloaded(const struct emrelay_curve *limit, const struct emrelay_load *load,
			   struct emrelay_excess *excess)
{
	const struct emrelay_point *point = limit->point;
	const struct emrelay_point *last = point + limit->count - 1;
	struct emrelay_load_limit highest = { .microvolt = last->x };

	while (point < last && point->x < load->microvolt)
		point++;

	highest.microamp = point->y;
	highest.inrush_microamp = point->y;
	return emrelay_load_exceeds(load, &highest, excess);
}

/**
 * emrelay_default_dead_time_us - interlock dead time when none is given
 * @ratings: the relay's ratings
 *
 * 1.5 x release time, as sheets give typical ones, + bounce time + 10 ms, in
 * which an arc on 50 Hz mains meets its next zero crossing.
 *
 * Context: Any. Pure.
 * Return: dead time in us, rounded up.
 */
u64 emrelay_default_dead_time_us(const struct emrelay_ratings *ratings)
{
	return (3ULL * ratings->release_us + 1) / 2 + ratings->bounce_us + 10000;
}
