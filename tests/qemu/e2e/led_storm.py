# SPDX-License-Identifier: GPL-2.0-only
"""LEDs that follow each other's relays while their banks come and go, on two processors.

No case here judges anything but that the kernel lives, that each bind succeeds
and that at the end each LED follows whom its node says: an LED that has gone
must not be on the list of another relay's trigger.
"""
KERNELS = ("6.1", "6.12", "test")
WEIGHT = 40
# Each with a bank of its own: {relay: whom its LED follows}, two of them each other, three in a circle.
FOLLOWS = {"a": "b", "b": "a", "c": "d", "d": "e", "e": "c", "f": "f", "g": "a"}
# A task that dies here leaves its locks held: better the whole guest ends.
BOOT = {"icount": False, "smp": 2, "cmdline": "oops=panic", "modules": ["leds-gpio", "ledtrig-timer"], "timeout": 600}


def bank(line, relay):
    return f"""
	bank-{relay} {{
		BANK;
		relay@0 {{
			reg = <0>; WAGO({line}); label = "{relay}"; UNLOADED;
			linux,default-trigger = "relay-{FOLLOWS[relay]}";
		}};
	}};
"""


DTS = f"""/ {{
{"".join(bank(line, relay) for line, relay in enumerate(FOLLOWS))}
	leds {{
		compatible = "gpio-leds";

		lamp {{ label = "lamp"; gpios = <&pl061 7 GPIO_ACTIVE_HIGH>; linux,default-trigger = "relay-d"; }};
	}};
}};
"""
