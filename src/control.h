/* SPDX-License-Identifier: GPL-2.0-only */
/* Channels that programs make and end: /dev/kring-control. */
#ifndef KRING_CONTROL_H
#define KRING_CONTROL_H

int control_init(void);
/* Ends what was made through it and is still there. */
void control_exit(void);

#endif
