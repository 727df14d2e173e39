/* SPDX-License-Identifier: GPL-2.0-only */
/* What coccinelle is to take <linux/cleanup.h> for. */
#define scoped_guard YACFE_ITERATOR
#define __free(x)
