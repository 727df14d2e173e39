// SPDX-License-Identifier: GPL-2.0-only
/*
 * An nvmem device over memory that outlives the machine: a battery-backed RAM,
 * which takes as long for a write as an EEPROM when it is told to, a page at a
 * time, and fails when it is told to. What a power cut leaves of a write is the
 * bytes that were written by then, from the first on.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/nvmem-provider.h>
#include <linux/platform_device.h>
#include <linux/property.h>

static unsigned int page_us;
module_param(page_us, uint, 0644);
MODULE_PARM_DESC(page_us, "how long the write of a page takes");

static unsigned int page_bytes = 32;
module_param(page_bytes, uint, 0644);
MODULE_PARM_DESC(page_bytes, "the size of a page");

static bool fail_reads;
module_param(fail_reads, bool, 0644);
MODULE_PARM_DESC(fail_reads, "whether reads fail");

static bool fail_writes;
module_param(fail_writes, bool, 0644);
MODULE_PARM_DESC(fail_writes, "whether writes fail, half of them done");

static unsigned int writes;
module_param(writes, uint, 0444);
MODULE_PARM_DESC(writes, "how many writes were asked for");

static int test_store_read(void *priv, unsigned int offset, void *val,
			   size_t bytes)
{
	if (fail_reads)
		return -EIO;

	memcpy(val, priv + offset, bytes);
	return 0;
}

static int test_store_write(void *priv, unsigned int offset, void *val,
			    size_t bytes)
{
	unsigned int page = max(page_bytes, 1U);
	const u8 *from = val;
	u8 *to = priv + offset;
	size_t i;

	writes++;
	for (i = 0; i < bytes; i++) {
		if (fail_writes && i >= bytes / 2)
			return -EIO;
		WRITE_ONCE(to[i], from[i]);
		if (page_us && (!((offset + i + 1) % page) || i + 1 == bytes))
			usleep_range(page_us, page_us);
	}
	return 0;
}

static int test_store_probe(struct platform_device *pdev)
{
	struct nvmem_config config = {
		.dev = &pdev->dev,
		.name = "test-store",
		.id = NVMEM_DEVID_NONE,
		.owner = THIS_MODULE,
		.word_size = 1,
		.stride = 1,
		.reg_read = test_store_read,
		.reg_write = test_store_write,
#ifdef HAVE_LEGACY_CELLS
		.add_legacy_fixed_of_cells = true,
#endif
	};
	struct resource *memory;

	/* A second one has a name of its own. */
	device_property_read_string(&pdev->dev, "test-name", &config.name);
	memory = platform_get_resource(pdev, IORESOURCE_MEM, 0);
	if (!memory)
		return -EINVAL;

	config.size = resource_size(memory);
	config.priv = devm_memremap(&pdev->dev, memory->start, config.size,
				    MEMREMAP_WB);
	if (IS_ERR(config.priv))
		return PTR_ERR(config.priv);

	return PTR_ERR_OR_ZERO(devm_nvmem_register(&pdev->dev, &config));
}

static const struct of_device_id test_store_of_match[] = {
	{ .compatible = "emrelay-test,store" },
	{ }
};
MODULE_DEVICE_TABLE(of, test_store_of_match);

static struct platform_driver test_store_driver = {
	.probe = test_store_probe,
	.driver = {
		.name = "emrelay-test-store",
		.of_match_table = test_store_of_match,
	},
};
module_platform_driver(test_store_driver);

MODULE_DESCRIPTION("A store that survives power cuts, for the tests of emrelay");
MODULE_LICENSE("GPL");
