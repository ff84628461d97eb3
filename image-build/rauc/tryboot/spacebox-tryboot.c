// SPDX-License-Identifier: GPL-2.0
/*
 * Hands `reboot '0 tryboot'` on to the Raspberry Pi's firmware, which then starts the other slot
 * once. Raspberry Pi's own kernel does that by itself; Linux as Debian has it does not know of it.
 * The property is documented in the wiki of raspberrypi/firmware, "Mailbox property interface".
 */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include <soc/bcm2835/raspberrypi-firmware.h>

#define SET_REBOOT_FLAGS 0x00038064
#define TRYBOOT 1

static struct rpi_firmware *firmware;

static int on_reboot(struct notifier_block *self, unsigned long action, void *command)
{
	u32 flags = TRYBOOT;

	if (action != SYS_RESTART || !command || !strstr(command, "tryboot"))
		return NOTIFY_DONE;
	if (rpi_firmware_property(firmware, (enum rpi_firmware_property_tag)SET_REBOOT_FLAGS,
				  &flags, sizeof(flags)))
		pr_err("the firmware does not take tryboot; the usual slot starts\n");
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = on_reboot };

static int __init tryboot_init(void)
{
	struct device_node *node =
		of_find_compatible_node(NULL, NULL, "raspberrypi,bcm2835-firmware");

	if (!node)
		return -ENODEV;
	firmware = rpi_firmware_get(node);
	of_node_put(node);
	if (!firmware)
		return -ENODEV;
	return register_reboot_notifier(&notifier);
}

static void __exit tryboot_exit(void)
{
	unregister_reboot_notifier(&notifier);
	rpi_firmware_put(firmware);
}

module_init(tryboot_init);
module_exit(tryboot_exit);

static const struct of_device_id boards[] = {
	{ .compatible = "raspberrypi,bcm2835-firmware" },
	{}
};
MODULE_DEVICE_TABLE(of, boards);
MODULE_DESCRIPTION("tryboot for the Raspberry Pi's firmware");
MODULE_LICENSE("GPL");
