/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of the driver, the tools and the packages: it stands nowhere else. */
#define EMRELAY_VERSION	"0.1"
