# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What the scripts of the guests share; they begin with ". /test/lib.sh".

tracing=/sys/kernel/tracing
# shellcheck disable=SC2034 # the scripts use them
debug=/sys/kernel/debug/relay banks=/sys/bus/platform/drivers/emrelay

# kmod's, not those of the shell, which is busybox.
for tool in modprobe insmod rmmod lsmod modinfo; do
	eval "$tool() { /sbin/$tool \"\$@\"; }"
done

true > /tmp/results

# Whatever ends the script, what was found until then goes out.
finish()
{
	put - results < /tmp/results
	dmesg | put - dmesg
	put $tracing/trace
}
trap finish EXIT

one_line()
{
	printf '%s' "$*" | tr '\n' ' '
}

# words FILE...: what the files hold, "a,b,c"
words()
{
	cat "$@" | tr '\n' ',' | sed 's/,$//'
}

pass()
{
	echo "ok $1" >> /tmp/results
}

# fail NAME WHY
fail()
{
	echo "not ok $1: $(one_line "$2")" >> /tmp/results
}

# is NAME WANTED GOT
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "'$3', expected '$2'"
	fi
}

# ok NAME COMMAND...: the command succeeds
ok()
{
	ok_name=$1
	shift
	if ok_said=$("$@" 2>&1); then
		pass "$ok_name"
	else
		fail "$ok_name" "$* fails: $ok_said"
	fi
}

# fails NAME COMMAND...: the command does not succeed
fails()
{
	ok_name=$1
	shift
	if "$@" > /dev/null 2>&1; then
		fail "$ok_name" "$* succeeds"
	else
		pass "$ok_name"
	fi
}

# write_error TEXT FILE: why one write of the text fails, nothing if it does not
write_error()
{
	printf '%b' "$1" | dd of="$2" bs=4096 iflag=fullblock 2>&1 | sed -n 's/^dd:.*: //p'
}

# refused NAME WHY TEXT FILE: writing the text is such an error
refused()
{
	is "$1" "$2" "$(write_error "$3" "$4")"
}

# Load the driver as the machine would, and record its tracepoints.
load()
{
	coldplug
	record
}

# bank NAME: wait for a bank whose store may have come after it; these files are its last
bank()
{
	until [ -e "/sys/bus/platform/devices/$1/coil_limit" ]; do
		sleep 0.01
	done
}

# watching NAME FILE...: what is told of files from now on is in /tmp/NAME, until watched
watching()
{
	watching=$1
	shift
	/test/watch "$@" > "/tmp/$watching" &
	watcher=$!
	until grep -qs ready "/tmp/$watching"; do
		sleep 0.01
	done
}

watched()
{
	kill $watcher
	wait $watcher || :
}

record()
{
	echo 1 > $tracing/events/emrelay/enable
	cd /sys/class/relay || exit
}

# at NAME: carry out the schedule on the standard input, hand out its log
at()
{
	/test/at | put - "$1"
}

# The same as load, and hand out the time before and after it.
load_timed()
{
	echo "0 /proc/uptime" | at before-load
	load
	echo "0 /proc/uptime" | at after-load
}

# quiet NAME: since the last call, or since "quiet" alone, the kernel said nothing
quiet()
{
	[ $# -eq 0 ] || is "$1" "" "$(dmesg | tail -n +$((quiet_lines + 1)))"
	quiet_lines=$(dmesg | wc -l)
}

# fail_allocations: make it so that a process can have its allocations fail, by /test/failnth with $nth
fail_allocations()
{
	nth=/proc/self/fail-nth
	if [ ! -e $nth ] && modprobe emrelay_test_nomem 2> /dev/null; then
		nth=/proc/emrelay-fail-nth
	fi
	failslab=/sys/kernel/debug/failslab
	[ -e $failslab ] || return 0
	# Not kmemleak's own memory: it would give up.
	for cache in /sys/kernel/slab/*; do
		case $cache in
		*/kmemleak*) ;;
		*) echo 1 > "$cache/failslab" ;;
		esac
	done
	echo Y > $failslab/cache-filter
	echo N > $failslab/ignore-gfp-wait
	echo 0 > $failslab/verbose
}

kmemleak=/sys/kernel/debug/kmemleak

# forget_leaks: what was leaked before counts for no case
forget_leaks()
{
	[ ! -e $kmemleak ] || echo clear > $kmemleak
}

# no_leaks NAME: nothing was leaked since then
no_leaks()
{
	[ -e $kmemleak ] || return 0
	for _ in 1 2; do
		sleep 10
		echo scan > $kmemleak
	done
	is "$1" "" "$(cat $kmemleak)"
}

# value FILE KEY: the value of a key in a file of "key: value" lines
value()
{
	sed -n "s/^$2: //p" "$1"
}

# skip SECONDS: the machine sleeps until its real-time clock wakes it. Where the
# device tree has SLEEPS that costs the host hardly anything, however long it is.
skip()
{
	echo "+$1" > /sys/class/rtc/rtc0/wakealarm
	echo freeze > /sys/power/state
}

# look RELAY...: hand out what the clock and the wear file say: look-RELAY-0, and so on
looks=0
look()
{
	for look_relay in "$@"; do
		{
			value "$debug/$look_relay/timing" now_ns
			cat "$debug/$look_relay/wear"
		} | put - "look-$look_relay-$looks"
	done
	looks=$((looks + 1))
	echo $looks | put - looks
}

# clocks RELAY: hand out the time on both clocks: before, CLOCK_BOOTTIME, after
clocks()
{
	# shellcheck disable=SC3028 # busybox's shell has it
	echo "$EPOCHREALTIME $(value "$debug/$1/timing" now_ns) $EPOCHREALTIME" | put - clocks
}
