/* SPDX-License-Identifier: GPL-2.0-only */
#define MODULE_DESCRIPTION(text)	extern const char module_description[sizeof(text)]
#define MODULE_LICENSE(text)		extern const char module_license[sizeof(text)]
