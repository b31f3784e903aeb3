#!/bin/sh
# The first process of a user-mode Linux whose root is the host's, read-only: it puts a disk behind dm-log-writes, which
# records each write and each flush in their order, lets guest.py work on it, and halts without unmounting.
# Told by the kernel's command line: power_cut=DIRECTORY (of the host, with settings.json).
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs tmp /mnt
ip link set lo up
folder=$(sed 's/.*power_cut=\([^ ]*\).*/\1/' /proc/cmdline)
work() {
  mkdir -p /mnt/modules/lib /mnt/disk &&
  ln -s /usr/lib/uml/modules /mnt/modules/lib/modules &&
  modprobe -d /mnt/modules dm-log-writes &&
  sectors=$(cat /sys/block/ubda/size) &&
  dmsetup create --noudevsync logged --table "0 $sectors log-writes /dev/ubda /dev/ubdb" &&
  dmsetup mknodes &&
  mount -t ext4 /dev/mapper/logged /mnt/disk &&
  python3 "$(dirname "$0")/guest.py" "$folder" /mnt/disk
}
work && echo GUEST-GOOD
# Nothing is synced and nothing unmounted: what is on the disk is what the log says.
echo o >/proc/sysrq-trigger
sleep 10
halt -f -n
