// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pure units, in the module of their suites: the driver exports none of
 * their functions.
 */
#include "parts.c"
#include "wear.c"
#include "record.c"
#include "engine.c"
#include "feedback.c"
#include "arbiter.c"
