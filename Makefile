# SPDX-License-Identifier: GPL-2.0-only
# kring: modules, tools, demonstration and checks. `make help` says what there is.

# The kernel that modules are built for: the running one if its headers are here, else a
# Debian kernel that is fetched into a cache. See tools/vm/kernel --help.
KERNEL ?= $(if $(wildcard /lib/modules/$(shell uname -r)/build),running,6.1-cloud)
GUEST ?= 6.1-cloud
PREFIX ?= /usr/local

out := $(CURDIR)/build
deps := tools/scripts/install-deps

.PHONY: all help modules tools install demo bench clean
.PHONY: check check-style check-core check-lib check-kunit check-vm

all: modules tools

help:
	@echo "make              modules for $(KERNEL) into build/$(KERNEL)/, tools into build/"
	@echo "make install      (as root) modules, kring, libkring, headers, man pages"
	@echo "make demo         boots a kernel in QEMU and shows records being written and read"
	@echo "make check        all checks: style core lib kunit vm, each also as check-NAME"
	@echo "make bench        instructions and time per record, beside other rings"
	@echo "make clean        removes build/"
	@echo "KERNEL=$(KERNEL) GUEST=$(GUEST): see tools/vm/kernel --help"

modules:
	@tools/scripts/build-modules $(KERNEL)

tools:
	@$(MAKE) --no-print-directory -C tools/lib OUT=$(out)
	@$(MAKE) --no-print-directory -C tools/kring OUT=$(out)

install:
	install -d $(DESTDIR)/lib/modules/$(shell uname -r)/updates
	install -m 644 build/running/kring.ko build/running/kring_events.ko \
		$(DESTDIR)/lib/modules/$(shell uname -r)/updates/
	$(MAKE) --no-print-directory -C tools/lib OUT=$(out) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	$(MAKE) --no-print-directory -C tools/kring OUT=$(out) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install
	install -D -m 644 include/linux/kring.h $(DESTDIR)$(PREFIX)/include/kring/kernel/linux/kring.h
	install -D -m 644 include/uapi/linux/kring.h $(DESTDIR)$(PREFIX)/include/linux/kring.h
	$(if $(DESTDIR),,depmod -a)

demo:
	@$(deps) build vm
	@tools/demo/run $(GUEST)

bench:
	@$(deps) build vm bench
	@tools/bench/run $(GUEST)

check:
	@$(deps) build vm check
	@tools/scripts/run-checks style='$(MAKE) --no-print-directory check-style' \
		core='$(MAKE) --no-print-directory check-core' \
		lib='$(MAKE) --no-print-directory check-lib' \
		kunit='$(MAKE) --no-print-directory check-kunit' \
		vm='$(MAKE) --no-print-directory check-vm'

check-style:
	@$(deps) build vm check
	@tools/scripts/build-modules $(GUEST)
	@tools/scripts/check-style

check-core:
	@$(deps) build check
	@$(MAKE) --no-print-directory -C tools/test OUT=$(out)/test check

check-lib: tools
	@$(deps) build check
	@$(MAKE) --no-print-directory -C tools/lib OUT=$(out) check

check-kunit:
	@$(deps) build vm check
	@kunit/run

check-vm: tools
	@$(deps) build vm check
	@tools/test/vm/run $(GUEST)

clean:
	rm -rf $(out)
