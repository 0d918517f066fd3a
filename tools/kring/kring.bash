# SPDX-License-Identifier: GPL-2.0-only
# Completion of kring's command line in bash: sub-commands, options, names of channels and files.

_kring_options() {
	case $1 in
	ls) echo --types --json --help ;;
	stat) echo --per-cpu --check --json --channel --help ;;
	read) echo --json --drain --follow --from --filter --input --own --unordered --count --cpus --quiet --help ;;
	record) echo --cpus --drain --from --quiet --help ;;
	write) echo --json --help ;;
	create)
		echo --kind --size --element --length --slot --order --mode --clock --perm --locked --disabled --json \
			--help
		;;
	destroy) echo --json --help ;;
	*) echo --help --version ;;
	esac
}

# Does this option have a value, which is the next word?
_kring_takes_value() {
	case $1 in
	-i | -n | -C | -f | --input | --count | --cpus | --filter | --from | --channel) ;;
	--kind | --size | --element | --length | --slot | --order | --mode | --clock | --perm) ;;
	*) return 1 ;;
	esac
}

# How many words before this one are neither options nor their values.
_kring_operands() {
	local at count=0

	for ((at = 2; at < COMP_CWORD; at++)); do
		if _kring_takes_value "${COMP_WORDS[at]}"; then
			[[ ${COMP_WORDS[at + 1]} = '=' ]] && at=$((at + 1))
			at=$((at + 1))
		elif [[ ${COMP_WORDS[at]} != -* ]]; then
			count=$((count + 1))
		fi
	done
	echo "$count"
}

_kring_channels() {
	find /sys/class/kring -mindepth 1 -maxdepth 1 -printf '%f ' 2>/dev/null
}

_kring() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} how=-W choice=

	# For bash --from=newest is three words.
	if [[ $word = '=' ]]; then
		word=
	elif [[ $before = '=' ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi

	if [[ $COMP_CWORD -eq 1 ]]; then
		choice="ls stat read record write create destroy $(_kring_options '')"
	elif _kring_takes_value "$before"; then
		case $before in
		--from) choice='oldest newest' ;;
		--kind) choice='trace fifo mirror broadcast' ;;
		--mode) choice='overwrite discard' ;;
		--clock) choice='local mono boot counter' ;;
		--channel) choice=$(_kring_channels) ;;
		-i | --input) how=-f ;;
		esac
	elif [[ $word = -* ]]; then
		choice=$(_kring_options "$command")
	else
		case $command$(_kring_operands) in
		record1) how=-f ;;
		# A name that is not taken, a text, or nothing more.
		create* | read[!0]* | record[!0]* | write[!0]*) ;;
		*) choice=$(_kring_channels) ;;
		esac
	fi
	if [[ $how = -f ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -W "$choice" -- "$word")
	fi
}

complete -F _kring kring
