# SPDX-License-Identifier: GPL-2.0-only
# kring: modules, tools, demonstration and checks. `make help` says what there is.

# The kernel that modules are built for: the running one if its headers are here, else a
# Debian kernel that is fetched into a cache. See tools/vm/kernel --help.
KERNEL ?= $(if $(wildcard /lib/modules/$(shell uname -r)/build),running,6.1-cloud)
GUEST ?= 6.1-cloud
PREFIX ?= /usr/local

out := $(CURDIR)/build
deps := tools/scripts/install-deps

# Where install puts things. A DESTDIR may be named from here; other folders' makes take it, too.
root := $(abspath $(DESTDIR))
prefix = $(root)$(PREFIX)
release := $(shell uname -r)
updates = $(root)/lib/modules/$(release)/updates
modules := kring.ko kring_events.ko
depmod = $(if $(root),:,depmod -a $(release))
in_lib = $(MAKE) --no-print-directory -C tools/lib OUT=$(out) PREFIX=$(PREFIX) DESTDIR=$(root)
in_kring = $(MAKE) --no-print-directory -C tools/kring OUT=$(out) PREFIX=$(PREFIX) DESTDIR=$(root)

checks := selftest style core sanitizers explore mutants lib fuzz install kunit vm faults
long_checks := explore mutants fuzz vm

.PHONY: all help modules tools install install-files uninstall demo bench clean
.PHONY: check check-debug $(checks:%=check-%) check-long $(long_checks:%=check-%-long)

all: modules tools

help:
	@echo "make              modules for $(KERNEL) into build/$(KERNEL)/, tools into build/"
	@echo "make install      (as root) modules for the running kernel, kring, libkring, headers,"
	@echo "                  manual pages; below PREFIX=$(PREFIX), all of it below DESTDIR"
	@echo "make uninstall    (as root) removes what install put, with the same PREFIX and DESTDIR"
	@echo "make demo         boots a kernel in QEMU and shows records being written and read"
	@echo "make check        all checks: $(checks), each also as check-NAME"
	@echo "make check-long   more of some of them, for hours: $(long_checks), each also as check-NAME-long"
	@echo "make check-debug  in kernels that check memory, locks and races; builds these first"
	@echo "make bench        instructions and time per record, beside other rings"
	@echo "make clean        removes build/"
	@echo "KERNEL=$(KERNEL) GUEST=$(GUEST): see tools/vm/kernel --help"

modules:
	@tools/scripts/build-modules $(KERNEL)

tools:
	@$(MAKE) --no-print-directory -C tools/lib OUT=$(out)
	@$(MAKE) --no-print-directory -C tools/kring OUT=$(out)

install: install-files
	@if grep -qsaF 'vermagic=$(release) ' $(out)/running/kring.ko; then \
		set -ex; \
		install -d $(updates); \
		install -m 644 $(modules:%=$(out)/running/%) $(updates); \
		install -m 644 $(out)/running/tree/Module.symvers $(prefix)/include/kring/kernel/; \
		$(depmod); \
	else \
		echo "install: no modules: none are built for the running kernel, $(release)." \
			"Install its headers, run 'make KERNEL=running', then this again" >&2; \
	fi

# All but modules.
install-files:
	$(if $(filter /%,$(PREFIX)),,$(error PREFIX has to be an absolute path, and is '$(PREFIX)'))
	@[ -e $(out)/kring ] || { echo "install: nothing is built: run 'make' first" >&2; exit 1; }
	$(in_lib) install
	$(in_kring) install
	install -D -m 644 Documentation/man/kring.4 $(prefix)/share/man/man4/kring.4
	install -D -m 644 -t $(prefix)/include/linux include/uapi/linux/*.h
	install -D -m 644 -t $(prefix)/include/kring/kernel/uapi/linux include/uapi/linux/*.h
	install -D -m 644 -t $(prefix)/include/kring/kernel/linux include/linux/*.h

uninstall:
	$(in_lib) uninstall
	$(in_kring) uninstall
	rm -f $(prefix)/share/man/man4/kring.4 $(patsubst include/uapi/%,$(prefix)/include/%,$(wildcard include/uapi/linux/*.h))
	rm -f $(patsubst include/%,$(prefix)/include/kring/kernel/%,$(wildcard include/linux/*.h include/uapi/linux/*.h))
	rm -f $(prefix)/include/kring/kernel/Module.symvers
	[ ! -d $(prefix)/include/kring ] || find $(prefix)/include/kring -depth -type d -empty -delete
	@if [ -e $(updates)/kring.ko ]; then \
		set -ex; \
		rm -f $(modules:%=$(updates)/%); \
		$(depmod); \
	fi

demo:
	@$(deps) build vm
	@tools/demo/run $(GUEST)

bench:
	@$(deps) build vm bench
	@tools/bench/run $(GUEST)

# In checks a warning is an error.
check check-long check-style check-kunit check-vm check-vm-long check-faults check-debug: export W = 1e

check:
	@$(deps) build vm check fuzz
	@tools/scripts/run-checks $(foreach name,$(checks),$(name)='$(MAKE) --no-print-directory check-$(name)')

check-long:
	@$(deps) build vm check fuzz
	@tools/scripts/run-checks $(foreach name,$(long_checks),$(name)='$(MAKE) --no-print-directory check-$(name)-long') \
		debug='$(MAKE) --no-print-directory check-debug'

# Of what all verdicts rest on.
check-selftest:
	@$(deps) vm
	@tools/vm/selftest

check-style:
	@$(deps) build vm check
	@tools/scripts/build-modules $(GUEST)
	@tools/scripts/check-style

check-core:
	@$(deps) build check
	@$(MAKE) --no-print-directory -C tools/test OUT=$(out)/test check

# Every interleaving within bounds; EFFORT is quick, check or thorough.
EFFORT ?= check
check-explore:
	@$(deps) build check
	@$(MAKE) --no-print-directory -C tools/test/explore OUT=$(out)/test/explore
	@tools/scripts/run-checks pages='$(out)/test/explore/explore --effort $(EFFORT)' \
		broadcast='$(out)/test/explore/explore-broadcast --effort $(EFFORT)' \
		linear='$(out)/test/explore/explore-linear --effort $(EFFORT)'

check-explore-long: EFFORT = thorough
check-explore-long: check-explore

# The core's tests with real threads under ThreadSanitizer; all of them with addresses and behaviour checked.
check-sanitizers:
	@$(deps) build check
	@tools/scripts/run-checks threads='$(MAKE) --no-print-directory -C tools/test OUT=$(out)/test check-threads' \
		memory='$(MAKE) --no-print-directory -C tools/test OUT=$(out)/test check-memory'

# A third of the mutants, or what MUTANTS says: --all, names; tools/test/mutants/run --help.
check-mutants:
	@$(deps) build check
	@tools/test/mutants/run $(MUTANTS)

check-mutants-long: MUTANTS = --all
check-mutants-long: check-mutants

check-lib: tools
	@$(deps) build check
	@$(MAKE) --no-print-directory -C tools/lib OUT=$(out) check

# FUZZ_SECONDS: for all targets together.
FUZZ_SECONDS ?= 60
check-fuzz:
	@$(deps) build fuzz
	@tools/lib/test/fuzz/run --seconds $(FUZZ_SECONDS)

check-install: tools
	@$(deps) build check
	@tools/test/install

check-kunit:
	@$(deps) build vm check
	@kunit/run

check-vm: tools
	@$(deps) build vm check
	@tools/test/vm/run $(GUEST)

check-fuzz-long: FUZZ_SECONDS = 1800
check-fuzz-long: check-fuzz

check-vm-long: tools
	@$(deps) build vm check
	@tools/test/vm/run --long $(GUEST)

check-faults: tools
	@$(deps) build vm check
	@tools/test/vm/run kunit

check-debug: tools
	@$(deps) build vm check
	@tools/scripts/run-checks \
		rt-soak='tools/test/vm/run 6.1-rt soak-overwrite nested-nmi nested-small nested-4cpu' \
		kasan-kunit='kunit/run kasan' \
		kasan-bugs='tools/test/checkers/run kasan' \
		kasan-vm='tools/test/vm/run kasan' \
		kcsan-kunit='kunit/run kcsan' \
		kcsan-bugs='tools/test/checkers/run kcsan' \
		kcsan-vm='tools/test/vm/run kcsan'

clean:
	rm -rf $(out)
