/* SPDX-License-Identifier: GPL-2.0-only */
/* Banks and settings from files. */
#ifndef EMRELAY_SETUP_H
#define EMRELAY_SETUP_H

#include <stdbool.h>

int setup_main(int argc, char **argv);
bool is_bank_setting(const char *setting);
bool save_setting(const char *relay, const char *setting, const char *value);

#endif
