# SPDX-License-Identifier: GPL-2.0-only
KDIR ?= /lib/modules/$(shell uname -r)/build

# Type information for BPF is a nicety of kernels that have it: do without
# rather than fail where the tool for it is missing.
kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR) \
	$(if $(shell command -v pahole),,CONFIG_DEBUG_INFO_BTF_MODULES=)

all: modules tools

# V, W, C, ARCH, CROSS_COMPILE, INSTALL_MOD_PATH ... pass through to Kbuild.
modules modules_install:
	$(kbuild) $@

tools:
	$(MAKE) -C tools

clean:
	$(if $(wildcard $(KDIR)/Makefile),$(kbuild) clean)
	$(MAKE) -C tools clean
	rm -rf build

.PHONY: all modules modules_install tools clean
