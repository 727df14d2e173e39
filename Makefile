# SPDX-License-Identifier: GPL-2.0-only
KDIR ?= /lib/modules/$(shell uname -r)/build

# Type information for BPF is a nicety of kernels that have it: do without
# rather than fail where the tool for it is missing.
kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR) \
	$(if $(shell command -v pahole),,CONFIG_DEBUG_INFO_BTF_MODULES=)

all: modules tools

# V, W, C, ARCH, CROSS_COMPILE, INSTALL_MOD_PATH ... pass through to Kbuild.
modules modules_install:
	+$(kbuild) $@

tools:
	$(MAKE) -C tools

# Where there is no kernel to ask, what Kbuild makes goes by its names.
clean:
	+$(if $(wildcard $(KDIR)/.config),$(kbuild) clean, \
		find . -name .git -prune -o -type f \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
			-o -name '*.mod.c' -o -name '.*.cmd' -o -name '.*.d' -o -name modules.order \
			-o -name Module.symvers \) -exec rm -f {} +)
	$(MAKE) -C tools clean
	rm -rf build

# What modules_install put where, and the tools.
uninstall:
	$(MAKE) -C tools uninstall
	rm -f $(INSTALL_MOD_PATH)/lib/modules/*/updates/driver/emrelay*.ko*
	rm -f $(INSTALL_MOD_PATH)/lib/modules/*/extra/driver/emrelay*.ko*

.PHONY: all modules modules_install tools clean uninstall

# From here on: what needs more of the machine than a compiler.  The packages
# are installed when they are missing, kernels go to ~/.cache/emrelay.
deps = tests/qemu/deps

help:
	@echo 'make			the module for the running kernel, and the tools'
	@echo 'make modules KDIR=...	the module for another kernel'
	@echo 'make deb		the packages emrelay-dkms and relay-tools, in build/'
	@echo 'make htmldocs		the documents as HTML, in build/html'
	@echo 'make uninstall		remove what modules_install and "make -C tools install" installed'
	@echo 'make demo		relays in a virtual machine, and a picture of their edges'
	@echo 'make demo-shell		a shell in that machine'
	@echo 'make check		all tests:'
	@echo '  make lint		  static checks'
	@echo '  make rig		  the test rig on itself'
	@echo '  make tools-check	  the userspace tools'
	@echo '  make packages-check	  the Debian packages are built, and lintian finds no fault'
	@echo '  make host		  the suites of the pure units as a program of this machine'
	@echo '  make coverage		  the same, with what they cover'
	@echo '  make model		  the arbiter against a model of the laws, at random and exhaustively'
	@echo '  make fuzz		  the same, guided by coverage, and records of stores'
	@echo '  make kunit		  the KUnit suites in a debug kernel'
	@echo '  make e2e		  the driver on stock kernels, edges seen from outside'
	@echo 'make soak		the model, the storm, power cuts and a year, and all topics on all kernels, for hours'
	@echo 'make bare		the packages in bare machines, from apt install to a new kernel'
	@echo 'make matrix		the driver on every kernel and architecture that Debian has'
	@echo 'make mutate		is it seen when the code is wrong?'
	@echo 'make bench		what an operation costs'
	@echo 'make clean		remove what was built in the tree'

htmldocs:
	@$(deps) tests/lint/packages.txt
	@/usr/bin/python3 tests/lint/htmldocs.py build/html

deb:
	@$(deps) tools/packaging/packages.txt
	@tools/packaging/build

demo demo-shell:
	@$(deps) tests/qemu/packages-demo.txt
	@/usr/bin/python3 tests/qemu/demo.py $(@:demo-%=%)

check: parts = lint tools packages host coverage model fuzz rig kunit e2e
tools-check: parts = tools
packages-check: parts = packages
soak: parts = model-soak e2e-all e2e-soak cuts year
lint host coverage model fuzz rig kunit e2e mutate bare: parts = $@
bare: more = tests/packages/bare/packages.txt
check lint host coverage model fuzz rig tools-check packages-check kunit e2e soak mutate bare:
	@$(deps) $(wildcard tests/*/packages*.txt) tools/packaging/packages.txt $(more)
	@/usr/bin/python3 tests/run.py $(parts)

matrix:
	@$(deps) tests/qemu/packages*.txt tests/qemu/matrix/packages.txt
	@/usr/bin/python3 tests/qemu/matrix.py

bench:
	@$(deps) $(wildcard tests/*/packages*.txt)
	@/usr/bin/python3 tests/bench/run

.PHONY: help htmldocs deb demo demo-shell check lint host coverage model fuzz rig tools-check packages-check kunit e2e soak mutate bare matrix bench
