# SPDX-License-Identifier: GPL-2.0-only
# How kbuild compiles freestanding C++: included by the Kbuild of each module
# that holds C++ objects. A pattern rule, since an explicit target would get a
# wrong KBUILD_MODNAME.

CXX := $(if $(CONFIG_CC_IS_CLANG),clang++$(patsubst clang%,%,$(notdir $(firstword $(CC)))),$(patsubst %gcc,%g++,$(subst gcc-,g++-,$(firstword $(CC)))))

cxx_c_only := -std=% -Wno-pointer-sign -Werror=strict-prototypes -Werror=implicit-function-declaration \
	      -Werror=implicit-int -Werror=incompatible-pointer-types -Werror=designated-init \
	      -Wstrict-prototypes -Wdeclaration-after-statement -Wold-style-definition -Wmissing-prototypes \
	      -Wmissing-declarations -Wmissing-include-dirs -Wold-style-declaration -Wimplicit-% -Woverride-init -Wno-override-init -include -I%

# -g0: pahole 1.24 takes C++20 for a language that it should read, and fails. Stack traces do not need it.
cxx_flags = -nostdinc \
	    $(foreach dir,$(cxx_include_dirs),-isystem $(dir)) \
	    -isystem $(cxx_src)/freestanding \
	    $(filter-out $(cxx_c_only),$(_c_flags)) $(modkern_cflags) \
	    -std=c++20 -ffreestanding -fno-exceptions -fno-rtti -fno-threadsafe-statics \
	    -fno-asynchronous-unwind-tables -fno-ipa-icf -Wall -Wextra -Werror=return-type -g0 \
	    $(if $(CONFIG_ARM64),-mno-outline-atomics) \
	    -DMODULE

cxx_src := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))

# The compiler's own headers and libstdc++, of which the core uses the freestanding part; no C library.
cxx_include_dirs := $(shell $(CXX) -xc++ -E -v /dev/null 2>&1 | sed -n '/^.include <...>/,/^End/s/^ //p' | \
			     grep -e '/c++/' -e '/lib/gcc' -e '/lib/clang' -e '/lib/llvm')

quiet_cmd_cxx_o_cc = CXX $(quiet_modtag)  $@
      cmd_cxx_o_cc = $(CXX) -Wp,-MD,$(depfile) $(cxx_flags) -c -o $@ $< $(cmd_objtool)

define rule_cxx_o_cc
	$(call cmd_and_fixdep,cxx_o_cc)
	$(call cmd,check_local_export)
	$(call cmd,gen_objtooldep)
endef

$(obj)/%.o: $(src)/%.cc FORCE
	$(call if_changed_rule,cxx_o_cc)
