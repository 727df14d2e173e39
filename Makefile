# SPDX-License-Identifier: GPL-2.0-only
KDIR ?= /lib/modules/$(shell uname -r)/build

all: modules tools

# V, W, C, ARCH, CROSS_COMPILE, INSTALL_MOD_PATH ... pass through to Kbuild.
modules modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

tools:
	$(MAKE) -C tools

clean:
	find driver tests/kunit -name '*.ko' -o -name '*.o' | xargs -r rm -f

.PHONY: all modules modules_install tools clean
