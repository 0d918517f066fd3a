# SPDX-License-Identifier: GPL-2.0-only
# Completion of kring's command line in bash: sub-commands, options, names of channels.

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

_kring() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} choice=

	# For bash --from=newest is three words.
	if [[ $word = '=' ]]; then
		word=
	elif [[ $before = '=' ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi

	case $before in
	--from) choice='oldest newest' ;;
	--kind) choice='trace fifo mirror broadcast' ;;
	--mode) choice='overwrite discard' ;;
	--clock) choice='local mono boot counter' ;;
	--size | --element | --length | --slot | --order | --perm) ;;
	-i | --input)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	-n | --count | -C | --cpus | -f | --filter) ;;
	*)
		if [[ $COMP_CWORD -eq 1 ]]; then
			choice="ls stat read record write create destroy $(_kring_options '')"
		elif [[ $word = -* ]]; then
			choice=$(_kring_options "$command")
		else
			choice=$(find /sys/class/kring -mindepth 1 -maxdepth 1 -printf '%f ' 2>/dev/null)
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choice" -- "$word")
}

complete -F _kring kring
