// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relays of relays.dtsi for a machine with ACPI. Their controller is
 * AMD's, whose registers are a page of memory that the kernel leaves alone.
 */
DefinitionBlock ("", "SSDT", 2, "RELAYS", "MATRIX", 1)
{
	Scope (\_SB)
	{
		Device (GPI0)
		{
			Name (_HID, "AMDF030")
			Name (_UID, 0)
			Name (_CRS, ResourceTemplate () {
				Memory32Fixed (ReadWrite, 0x1F000000, 0x1000)
			})
		}

		Device (RLYS)
		{
			Name (_HID, "PRP0001")
			Name (_CRS, ResourceTemplate () {
				GpioIo (Exclusive, PullNone, 0, 0, IoRestrictionOutputOnly, "\\_SB.GPI0") { 0 }
				GpioIo (Exclusive, PullNone, 0, 0, IoRestrictionOutputOnly, "\\_SB.GPI0") { 1 }
				GpioIo (Exclusive, PullNone, 0, 0, IoRestrictionOutputOnly, "\\_SB.GPI0") { 2 }
			})
			Name (_DSD, Package () {
				ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
				Package () {
					Package () { "compatible", "gpio-relays" },
					Package () { "gpio-controller", 1 },
					Package () { "#gpio-cells", 2 },
				},
				ToUUID ("dbb8e3e6-5886-4ba6-8795-1319f52a966b"),
				Package () {
					Package () { "relay@0", "RLY0" },
					Package () { "relay@1", "RLY1" },
					Package () { "relay@2", "RLY2" },
				},
			})
			Name (RLY0, Package () {
				ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
				Package () {
					Package () { "reg", 0 },
					Package () { "compatible", "wago,859-353" },
					Package () { "label", "pump" },
					Package () { "coil-gpios", Package () { \_SB.RLYS, 0, 0, 0 } },
					Package () { "load-type", "none" },
				},
			})
			Name (RLY1, Package () {
				ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
				Package () {
					Package () { "reg", 1 },
					Package () { "compatible", "wago,859-353" },
					Package () { "label", "heater" },
					Package () { "coil-gpios", Package () { \_SB.RLYS, 1, 0, 0 } },
					Package () { "load-type", "resistive" },
					Package () { "load-microamp", 3000000 },
					Package () { "load-microvolt", 230000000 },
				},
			})
			Name (RLY2, Package () {
				ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
				Package () {
					Package () { "reg", 2 },
					Package () { "compatible", "wago,859-353" },
					Package () { "label", "beacon" },
					Package () { "retain-state-suspended", 1 },
					Package () { "coil-gpios", Package () { \_SB.RLYS, 2, 0, 0 } },
					Package () { "load-type", "none" },
				},
			})
		}
	}
}
