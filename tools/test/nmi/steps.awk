# SPDX-License-Identifier: GPL-2.0-only
#
# Lists the labelled steps of the writer: label, file and line of each access
# that orders memory. What init() does is no writer's step.

match($0, /\[page_ring:[A-Z][0-9]\]/) {
	label = substr($0, RSTART + 11, 2)
}

/::init\(/ { in_init = 1 }
/^}/ { in_init = 0 }

/P::(load_acquire|store_release|compare_exchange|store_barrier|load_barrier)/ && !in_init {
	file = FILENAME
	sub(/.*\//, "", file)
	printf "{ \"%s\", \"%s\", %d },\n", label, file, FNR
}
