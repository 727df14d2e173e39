#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck source=tests/qemu/e2e/comings.sh
. /test/comings.sh
