/* SPDX-License-Identifier: GPL-2.0-only */
/* What coccinelle is to take <linux/cleanup.h> for. */
#define scoped_guard YACFE_ITERATOR
#define __free(x)
/* Rows of the driver's tables. */
#define EMRELAY_FILE(...) { 0 }
#define EMRELAY_RO(...) { 0 }
#define EMRELAY_SETTING(...) { 0 }
