// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PC with AMD's GPIO controller: its registers are a page of memory that
 * the kernel leaves alone, and that the test reads from outside.
 */
DefinitionBlock ("", "SSDT", 2, "RELAYS", "BARE", 1)
{
	Device (\_SB.GPI0)
	{
		Name (_HID, "AMDF030")
		Name (_UID, 0)
		Name (_CRS, ResourceTemplate () {
			Memory32Fixed (ReadWrite, 0x1F000000, 0x1000)
		})
	}
}
